//! Ringside's own records, as NDJSON and as CSV: the fields of `POST /api/v1/calls`.

pub(crate) mod csv;
mod elements;
pub(crate) mod json;
mod rows;

use domain::{Timestamp, time::Zone};

use crate::{
    DateOrder,
    local_time::When,
    reading::{ZoneBasis, ZoneReading, offset_name},
    records::Options,
};

/// The largest record read; a transcript at all its limits is far below it.
const RECORD_BYTES: usize = 16 * 1024 * 1024;

/// Times of own records: RFC 3339 or integer milliseconds; a time without a zone is a wall clock in the given zone.
struct Times {
    zone: Zone,
    basis: ZoneBasis,
    zoneless: u64,
    offset_minutes: Option<i32>,
}

impl Times {
    fn new(options: &Options) -> Self {
        let basis = if options.timezone.is_some() { ZoneBasis::Given } else { ZoneBasis::Account };
        Self { zone: options.zone(), basis, zoneless: 0, offset_minutes: None }
    }

    fn parse(&mut self, text: &str) -> Result<Timestamp, &'static str> {
        let text = text.trim();
        match text.parse::<Timestamp>() {
            Ok(at) => Ok(at),
            Err(reason) => match (text.parse::<i64>(), When::parse(text)) {
                (Ok(ms), _) | (_, Some(When::Instant(ms))) => Ok(Timestamp(ms)),
                (_, Some(When::Wall(wall))) if !wall.is_ambiguous() => {
                    let at = self.zone.instant(wall.millis(DateOrder::YearMonthDay).ok_or(reason)?);
                    self.zoneless += 1;
                    self.offset_minutes = Some(self.zone.local(at).offset_minutes);
                    Ok(at)
                }
                _ => Err(reason),
            },
        }
    }

    /// What to say about times without a zone, if there were any.
    fn reading(&self) -> (Option<ZoneReading>, Option<String>) {
        if self.zoneless == 0 {
            return (None, None);
        }
        let zone = ZoneReading {
            name: self.zone.name().to_owned(),
            offset_minutes: self.offset_minutes,
            basis: self.basis,
            agreeing: 0,
            of: 0,
        };
        let offset = self.offset_minutes.map(offset_name).unwrap_or_default();
        let said = format!("times without a zone, read in {} ({offset}): {}", self.zone.name(), self.zoneless);
        (Some(zone), Some(said))
    }
}
