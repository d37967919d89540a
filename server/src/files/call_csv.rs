//! The call list as CSV: times in the account's zone, texts that no spreadsheet takes for formulas, with the filter that the
//! page and the JSON use; `ringside import` reads it.

use std::borrow::Cow;

use domain::{Call, CallFilter, CampaignId, Day, Language, OwnDimension, Timestamp, time::Zone};
use store::{Conn, PageRequest, Scope, StoreError, calls};

use super::{
    columns::{COLUMNS, CallColumn, Cell, Labels, own_cell},
    csv_list::{CsvList, CsvStream, Lines, NextRows},
};

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

impl CallCsv {
    /// Begins the list where the request says. `None`: there is no such campaign.
    pub async fn begin(
        self,
        conn: &mut Conn,
        request: &PageRequest,
    ) -> Result<Option<CsvStream<LabelledCalls>>, StoreError> {
        let labels = Labels::read(conn, &self.scope, self.campaign.as_ref()).await?;
        let heading = heading(self.heading, &labels.own);
        CsvStream::begin(LabelledCalls { list: self, labels }, conn, request.cursor.clone(), &heading).await
    }
}

/// The calls, and the words of what they say by a code.
pub struct LabelledCalls {
    list: CallCsv,
    labels: Labels,
}

impl CsvList for LabelledCalls {
    type Rows = Vec<Call>;

    fn scope(&self) -> &Scope {
        &self.list.scope
    }

    async fn read(&self, conn: &mut Conn, request: &PageRequest) -> Result<Option<NextRows<Vec<Call>>>, StoreError> {
        let CallCsv { scope, campaign, filter, today, .. } = &self.list;
        let slice =
            calls::slice(conn, scope, campaign.as_ref(), filter, *today, request, &self.labels.meanings).await?;
        Ok(slice.map(|slice| (slice.calls, slice.next)))
    }

    fn write(&self, calls: &Vec<Call>, lines: &mut Lines) {
        for call in calls {
            let texts = COLUMNS.iter().map(|column| (column.cell)(call, &self.labels));
            let own = self.labels.own.iter().map(|dimension| own_cell(call, dimension));
            for cell in texts.chain(own) {
                let _ = lines.write_field(shown(cell, self.list.heading, self.list.zone).as_ref());
            }
            let _ = lines.write_record(None::<&[u8]>);
        }
    }
}

/// The first line.
pub fn heading(heading: Heading, own: &[OwnDimension]) -> Vec<String> {
    let name = |column: &CallColumn| match heading {
        Heading::Fields => column.field.to_owned(),
        Heading::People(language) => column.name(language).to_owned(),
    };
    let own = own.iter().map(|dimension| match heading {
        Heading::Fields => format!("own.{}", dimension.key),
        // A name of the account's own, in a place where a spreadsheet looks for formulas.
        Heading::People(language) => harmless(dimension.label(language)).into_owned(),
    });
    COLUMNS.iter().map(name).chain(own).collect()
}

/// A cell as text, for whom the first line is.
pub(super) fn shown(cell: Cell<'_>, heading: Heading, zone: Zone) -> Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) => harmless(text),
        Cell::Word(word) => {
            let word = match heading {
                Heading::Fields => word.word(),
                Heading::People(language) => word.shown(language),
            };
            harmless(&word).into_owned().into()
        }
        Cell::Duration(ms) if heading != Heading::Fields => hours(ms).into(),
        Cell::Number(number) | Cell::Duration(number) => number.to_string().into(),
        Cell::Time(at) => local_time(at, zone, heading != Heading::Fields).into(),
        Cell::Money(money) => money.to_string().into(),
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
        insta::assert_json_snapshot!(lines.map(|of| heading(of, &[]).join(",")));
    }
}
