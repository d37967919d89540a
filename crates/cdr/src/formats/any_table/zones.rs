//! The zones that rows name for their clocks.

use std::collections::HashMap;

use domain::time::Zone;

use crate::{guess::zone_said, zone_days::ZoneDays};

/// Spellings of zones that are remembered.
const MOST_SPELLINGS: usize = 1_000;
const QUARTER_MS: i64 = 15 * 60_000;
/// Zones lie within 14 hours of UTC.
const MOST_OFFSET_MS: i64 = 14 * 3_600_000;
/// How far a clock without seconds may be off its epoch.
const ROUNDING_MS: i64 = 60_000;

/// The zone of the clocks in a row.
#[derive(Debug, Clone)]
pub(super) enum RowZone {
    /// That of the whole file.
    OfFile,
    /// One that the row names.
    Of(ZoneDays),
    /// That in which its clocks show its epoch, how far east of UTC it is in milliseconds; none where there is no such zone.
    Epoch { epoch: i64, offset: Option<i64> },
}

impl RowZone {
    pub(super) fn is_from_epoch(&self) -> bool {
        matches!(self, Self::Epoch { .. })
    }

    pub(super) fn epoch(&self) -> Option<i64> {
        if let Self::Epoch { epoch, .. } = self { Some(*epoch) } else { None }
    }

    pub(super) fn offset(&self) -> Option<i64> {
        if let Self::Epoch { offset, .. } = self { *offset } else { None }
    }

    /// An epoch's zone by what the clocks of its row show then.
    pub(super) fn fitted_to(self, wall: i64) -> Self {
        match self {
            Self::Epoch { epoch, .. } => Self::Epoch { epoch, offset: offset_of(wall, epoch) },
            zone => zone,
        }
    }
}

/// How far a zone is east of UTC in which clocks show this at an instant; none where there is none.
pub(super) fn offset_of(wall: i64, epoch: i64) -> Option<i64> {
    let offset = (wall - epoch + QUARTER_MS / 2).div_euclid(QUARTER_MS) * QUARTER_MS;
    (offset.abs() <= MOST_OFFSET_MS && (wall - epoch - offset).abs() < ROUNDING_MS).then_some(offset)
}

/// The zones of rows by how they are written.
#[derive(Debug, Clone, Default)]
pub(super) struct RowZones(HashMap<String, Option<ZoneDays>>);

impl RowZones {
    /// The zone that is written so; none where it is none that is known.
    pub(super) fn of(&mut self, text: &str) -> Option<RowZone> {
        if let Some(known) = self.0.get(text) {
            return known.clone().map(RowZone::Of);
        }
        let zone = zone_said(text).and_then(|name| Zone::new(&name).ok()).map(ZoneDays::new);
        if self.0.len() < MOST_SPELLINGS {
            self.0.insert(text.to_owned(), zone.clone());
        }
        zone.map(RowZone::Of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_tells_the_offset_of_the_clock_beside_it() {
        let epoch = 1_772_416_800_000;
        for (wall, offset) in [
            (epoch + 9 * 3_600_000, Some(9 * 3_600_000)),
            (epoch + 9 * 3_600_000 - 30_000, Some(9 * 3_600_000)),
            (epoch - 12_600_000, Some(-12_600_000)),
            (epoch + 300_000, None),
            (epoch + 90_000_000, None),
        ] {
            assert_eq!(offset_of(wall, epoch), offset);
        }
    }
}
