//! The log of an account as CSV.

use app::{Text, settings::log_said};
use domain::{text::with_unseen_shown, time::Zone};
use store::{
    Conn, PageRequest, Scope, StoreError,
    audit::{self, Entry, EntryFilter},
};

use super::{
    call_csv::{harmless, local_time},
    csv_list::{CsvList, CsvStream, Lines, NextRows},
};

/// Rows of the file at most: the latest.
pub const ROWS: u32 = 50_000;

/// Which rows, and for whom.
pub struct LogCsv {
    pub scope: Scope,
    pub filter: EntryFilter,
    /// The zone of its times.
    pub zone: Zone,
    /// The words of its reader.
    pub text: Text,
}

impl LogCsv {
    /// Begins the list, the latest row first.
    pub async fn begin(self, conn: &mut Conn) -> Result<Option<CsvStream<Self>>, StoreError> {
        let text = self.text;
        let heading = [
            "no",
            text.log_at(),
            text.log_who(),
            text.log_what(),
            text.log_subject(),
            text.log_customer(),
            text.log_details(),
            text.log_address(),
        ];
        CsvStream::begin(self, conn, None, &heading).await
    }
}

impl CsvList for LogCsv {
    type Rows = Vec<Entry>;

    fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The cursor is the number of the last row that was read, and how many were.
    async fn read(&self, conn: &mut Conn, request: &PageRequest) -> Result<Option<NextRows<Vec<Entry>>>, StoreError> {
        let (before, read) = match request.cursor.as_deref() {
            None => (None, 0),
            Some(cursor) => {
                let (before, read) = cursor.split_once('.').ok_or(StoreError::Cursor)?;
                let before: i64 = before.parse().map_err(|_| StoreError::Cursor)?;
                (Some(before), read.parse::<u32>().map_err(|_| StoreError::Cursor)?)
            }
        };
        let limit = request.limit.min(ROWS.saturating_sub(read));
        let entries = audit::list(conn, &self.scope, &self.filter, before, limit).await?;
        let goes_on = entries.len() == limit as usize && read + limit < ROWS;
        let next = entries.last().filter(|_| goes_on).map(|last| format!("{}.{}", last.no, read + limit));
        Ok(Some((entries, next)))
    }

    fn write(&self, entries: &Vec<Entry>, lines: &mut Lines) {
        let Self { zone, text, .. } = self;
        for entry in entries {
            let Entry { no, at, actor, event } = entry;
            let address = actor.address.map(|address| address.to_string()).unwrap_or_default();
            let row = [
                no.to_string(),
                local_time(*at, *zone, true),
                text.actor(actor),
                text.action(event.action).to_owned(),
                with_unseen_shown(&event.subject).into_owned(),
                with_unseen_shown(event.customer.as_deref().unwrap_or_default()).into_owned(),
                log_said(&event.details, *zone, *text),
                address,
            ];
            // Into memory, which cannot fail.
            let _ = lines.write_record(row.map(|cell| harmless(&cell).into_owned()));
        }
    }
}
