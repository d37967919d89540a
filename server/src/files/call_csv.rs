//! The call list as CSV: UTF-8 with a byte-order mark, times in the account's zone, texts that no spreadsheet takes for
//! formulas. It is made page by page while it is sent, whatever its length, with the filter that
//! the page and the JSON use; `ringside import` reads it.

use std::borrow::Cow;

use bytes::Bytes;
use domain::{Call, CallFilter, CampaignId, Day, Language, Timestamp, time::Zone};
use futures::Stream;
use store::{Conn, PageRequest, Scope, StoreError, calls};

use super::{
    columns::{COLUMNS, Cell, Column, Labels},
    slices::Slices,
};
use crate::{
    failure::{chain, new_reference},
    turns::Turn,
};

/// Calls read and written at once.
const SLICE: u32 = 1_000;

/// Who the first line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Programs: the fields' names, the API's own words. `ringside import` reads it.
    Fields,
    /// People: names and words of their language.
    People(Language),
}

/// Which calls, as whom, for whom.
pub struct CallCsv {
    /// Whose calls they are.
    pub scope: Scope,
    /// The campaign; none for the calls of the account.
    pub campaign: Option<CampaignId>,
    /// Which of them.
    pub filter: CallFilter,
    /// Today in the account's zone.
    pub today: Day,
    /// The zone of its times.
    pub zone: Zone,
    /// Who the first line is for.
    pub heading: Heading,
}

/// The begin of a list, and how it goes on.
pub struct CallCsvStream {
    list: CallCsv,
    labels: Labels,
    begin: Bytes,
    next: Option<String>,
}

impl CallCsv {
    /// Reads the first slice, so that what is wrong is still an answer and not a broken file. `None`: there is no such
    /// campaign.
    pub async fn begin(self, conn: &mut Conn, request: &PageRequest) -> Result<Option<CallCsvStream>, StoreError> {
        let request = PageRequest { limit: SLICE, details: false, ..request.clone() };
        let (campaign, today) = (self.campaign.as_ref(), self.today);
        let Some(first) = calls::slice(conn, &self.scope, campaign, &self.filter, today, &request).await? else {
            return Ok(None);
        };
        let labels = Labels::read(conn, &self.scope, campaign).await?;
        let mut begin = Vec::from("\u{feff}");
        // Writing to memory cannot fail.
        let _ = writer(&mut begin).write_record(heading(self.heading));
        self.write_rows(&labels, &mut begin, &first.calls);
        Ok(Some(CallCsvStream { list: self, labels, begin: begin.into(), next: first.next }))
    }
}

impl CallCsvStream {
    /// Whether something follows the begin.
    pub fn goes_on(&self) -> bool {
        self.next.is_some()
    }

    /// The begin, then slice after slice: none is held while the receiver is slow, but the list's `place` until its end.
    pub fn bytes(
        self,
        slices: Slices,
        place: Option<Turn>,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
        let Self { list, labels, begin, next } = self;
        let begin = futures::stream::once(async { Ok(begin) });
        let rest = futures::stream::try_unfold((slices, place, list, labels, next), async |state| {
            let (slices, place, list, labels, next) = state;
            let Some(cursor) = next else { return Ok(None) };
            let (bytes, next) = list.slice(&slices, &labels, cursor).await.map_err(|error| {
                // The status is sent already: the only honest end is a broken one.
                let (reference, account) = (new_reference(), list.scope.account());
                tracing::error!(reference, account, cause = chain(&error), "A CSV broke off");
                std::io::Error::other("the list cannot be read to its end")
            })?;
            Ok(Some((bytes, (slices, place, list, labels, next))))
        });
        futures::StreamExt::chain(begin, rest)
    }
}

/// The first line.
pub fn heading(heading: Heading) -> Vec<String> {
    let name = |column: &Column| match heading {
        Heading::Fields => column.field.to_owned(),
        Heading::People(language) => column.name(language).to_owned(),
    };
    COLUMNS.iter().map(name).collect()
}

fn writer(out: &mut Vec<u8>) -> csv::Writer<&mut Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out)
}

impl CallCsv {
    async fn slice(
        &self,
        slices: &Slices,
        labels: &Labels,
        cursor: String,
    ) -> Result<(Bytes, Option<String>), StoreError> {
        let request = PageRequest { limit: SLICE, cursor: Some(cursor), details: false };
        let mut read = slices.next().await?;
        let campaign = self.campaign.as_ref();
        let slice = calls::slice(&mut read.conn, &self.scope, campaign, &self.filter, self.today, &request).await?;
        drop(read);
        let Some(slice) = slice else { return Ok((Bytes::new(), None)) };
        let mut bytes = Vec::new();
        self.write_rows(labels, &mut bytes, &slice.calls);
        Ok((bytes.into(), slice.next))
    }

    fn write_rows(&self, labels: &Labels, out: &mut Vec<u8>, calls: &[Call]) {
        let mut writer = writer(out);
        for call in calls {
            for column in &COLUMNS {
                let _ = writer.write_field(self.cell((column.cell)(call, labels)).as_ref());
            }
            let _ = writer.write_record(None::<&[u8]>);
        }
        let _ = writer.flush();
    }

    fn cell<'a>(&self, cell: Cell<'a>) -> Cow<'a, str> {
        match cell {
            Cell::Empty => "".into(),
            Cell::Text(text) => harmless(text),
            Cell::Word(word) => {
                let word = match self.heading {
                    Heading::Fields => word.word(),
                    Heading::People(language) => word.shown(language),
                };
                harmless(&word).into_owned().into()
            }
            Cell::Duration(ms) if self.heading != Heading::Fields => hours(ms).into(),
            Cell::Number(number) | Cell::Duration(number) => number.to_string().into(),
            Cell::Time(at) => local_time(at, self.zone, self.heading != Heading::Fields).into(),
            Cell::Money(money) => money.to_string().into(),
        }
    }
}

/// The wall clock. For programs to the millisecond with its offset: nothing is lost when the file is read again. For people
/// `2026-11-04 09:15:02`, which spreadsheets take for a time in every language.
pub fn local_time(at: Timestamp, zone: Zone, for_people: bool) -> String {
    let seconds = zone.local(at).to_rfc3339();
    let (time, offset) = seconds.split_at(19);
    if for_people {
        return time.replacen('T', " ", 1);
    }
    format!("{time}.{:03}{offset}", at.0.rem_euclid(1_000))
}

/// A duration for people, to the second: `0:00:55`, which spreadsheets take for one in every language and can add up.
pub fn hours(ms: i64) -> String {
    let seconds = (ms.max(0) + 500) / 1_000;
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A text that begins like a formula gets a `'` before it, which spreadsheets take for "this is text".
pub fn harmless(text: &str) -> Cow<'_, str> {
    // A quote of the text's own is doubled, so that the reader can tell which one was added.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_people_are_rounded_to_the_second() {
        let shown = [0, 499, 500, 59_500, 3_725_000, 360_000_000].map(hours);
        assert_eq!(shown, ["0:00:00", "0:00:00", "0:00:01", "0:01:00", "1:02:05", "100:00:00"]);
    }

    #[test]
    fn the_first_line_for_programs_and_for_people() {
        let lines = [Heading::Fields, Heading::People(Language::Vi), Heading::People(Language::En)];
        insta::assert_json_snapshot!(lines.map(|of| heading(of).join(",")));
    }
}
