//! Puts rows into portions, and reads on otherwise where a header stands again or a sheet begins.

use std::io;

use super::{
    first_rows::{decided, evidence_of, section},
    portions::{RowEntry, RowPortion},
    reader::{Header, TableCalls},
    turns::held,
};
use crate::{
    cells::Cells,
    source::{Direction, Skipped},
};

/// Rows after the beginning of a sheet, or of a file that was put behind another one, that are looked at.
const SECTION_ROWS: usize = 2_000;

impl TableCalls<'_> {
    /// Puts further rows into a portion until it is full, or what follows is read in another way.
    fn fill(&mut self, portion: &mut RowPortion) {
        let mut bytes = 0;
        while !self.has_ended && !self.sharing.is_full(portion.entries.len(), bytes) {
            let line = match self.next_row() {
                Ok(Some(Ok(line))) => line,
                Ok(Some(Err(skipped))) => {
                    self.findings.rows += 1;
                    portion.entries.push(RowEntry::Refused(Direction::default(), skipped));
                    continue;
                }
                Ok(None) => {
                    self.has_ended = true;
                    continue;
                }
                Err(error) => {
                    (self.has_ended, self.failure) = (true, Some(error.into()));
                    continue;
                }
            };
            if self.rows.nth_sheet(line) != self.sheet {
                (self.sheet, self.is_section_new) = (self.rows.nth_sheet(line), true);
            }
            match self.is_header() {
                Ok(Header::None) => {}
                Ok(Header::Same) => {
                    self.is_section_new = true;
                    continue;
                }
                Ok(Header::Other) => {
                    self.is_section_new = true;
                    if self.reads_otherwise(portion) {
                        return;
                    }
                    continue;
                }
                Err(error) => {
                    (self.has_ended, self.failure) = (true, Some(error.into()));
                    continue;
                }
            }
            if self.cells.iter().all(str::is_empty) {
                continue;
            }
            if std::mem::take(&mut self.is_section_new) {
                self.ahead.push_front(Ok((line, std::mem::take(&mut self.cells))));
                match self.tell_order(line) {
                    Ok(false) => {}
                    Ok(true) => {
                        if self.reads_otherwise(portion) {
                            return;
                        }
                    }
                    Err(error) => (self.has_ended, self.failure) = (true, Some(error.into())),
                }
                continue;
            }
            self.findings.rows += 1;
            if self.reader.spoken.as_ref().is_some_and(|spoken| held(spoken).take(&self.cells)) {
                self.findings.joined += 1;
                continue;
            }
            if let Some(kind) = self.no_call() {
                *self.no_calls.entry(kind.said()).or_default() += 1;
                self.findings.joined += 1;
                continue;
            }
            if let Some(reason) = self.misfit() {
                portion.entries.push(RowEntry::Refused(Direction::default(), Skipped::new(line, "", reason)));
                continue;
            }
            if portion.used == portion.cells.len() {
                portion.cells.push(Cells::default());
            }
            bytes += self.cells.bytes();
            // The buffers change places, so nothing is copied.
            std::mem::swap(&mut portion.cells[portion.used], &mut self.cells);
            portion.used += 1;
            portion.entries.push(RowEntry::Row(line));
        }
    }

    pub(super) fn hand_over(&mut self) {
        let mut portion = self.spare.pop().unwrap_or_default();
        portion.used = 0;
        if self.to_tell > 0 {
            portion.reader = Some(Box::new(self.reader.clone()));
        }
        self.fill(&mut portion);
        self.to_tell = self.to_tell.saturating_sub(1);
        if !portion.entries.is_empty() {
            let bytes = portion.cells[..portion.used].iter().map(Cells::bytes).sum();
            self.lanes.push(portion, bytes);
        }
    }

    /// Has what follows read in the way in which the reader is now; whether the portion is full, since its rows are read in the way before.
    fn reads_otherwise(&mut self, portion: &mut RowPortion) -> bool {
        self.to_tell = self.sharing.threads.max(1);
        if portion.entries.is_empty() {
            portion.reader = Some(Box::new(self.reader.clone()));
            return false;
        }
        // This portion is one of those before.
        self.to_tell += 1;
        true
    }

    /// Looks at the first rows of a sheet, or of a file that was put behind another, the first of which is on this line: where their dates are
    /// in another order of day and month than those before, they are read so. Whether they are.
    fn tell_order(&mut self, line: u64) -> io::Result<bool> {
        if self.reader.mapping.date_order.is_some() {
            return Ok(false);
        }
        self.rows.read_ahead(&mut self.ahead, SECTION_ROWS)?;
        let rows = section(&self.ahead, &self.rows, &self.reader.names).take(SECTION_ROWS);
        let order = decided(&evidence_of(rows, &self.reader.bound, &self.reader.names), self.latest, 1)
            .unwrap_or(self.first_order);
        if order == self.reader.clock.order {
            return Ok(false);
        }
        let before = std::mem::replace(&mut self.reader.clock.order, order);
        let said = match self.rows.place(line) {
            (_, Some(sheet)) => {
                format!("the dates of the sheet \"{sheet}\" are read as {order}, those before it as {before}")
            }
            (line, None) => format!("the dates from line {line} on are read as {order}, those before it as {before}"),
        };
        self.findings.warnings.push(said);
        Ok(true)
    }
}
