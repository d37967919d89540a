//! Times that mostly say their zone: RFC 3339 or integer milliseconds.

use domain::{Timestamp, time::Zone};

use crate::{
    findings::{ZoneBasis, ZoneReading},
    local_time::{DateOrder, When, offset_name},
    source::Given,
};

/// Reads times one by one; one without a zone is a wall clock in the zone that was given, else the account's.
pub(crate) struct Times {
    zone: Zone,
    basis: ZoneBasis,
    zoneless: u64,
    offset_minutes: Option<i32>,
}

impl Times {
    pub(crate) fn new(given: &Given) -> Self {
        let basis = if given.timezone.is_some() { ZoneBasis::Given } else { ZoneBasis::Account };
        Self { zone: given.zone(), basis, zoneless: 0, offset_minutes: None }
    }

    pub(crate) fn parse(&mut self, text: &str) -> Result<Timestamp, &'static str> {
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
    pub(crate) fn reading(&self) -> (Option<ZoneReading>, Option<String>) {
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
