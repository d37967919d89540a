//! The call list as CSV: UTF-8 with a byte-order mark, times in the account's zone with their offset, texts that no
//! spreadsheet takes for formulas. It is made page by page while it is sent, whatever its length, with the filter that
//! the page and the JSON use; `ringside import` reads it.

use std::borrow::Cow;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{Account, Call, CallFilter, CampaignId, Day, Language, Role, Timestamp, phone, time::Zone};
use futures::Stream;
use store::{PageRequest, Scope, StoreError, accounts, calls, result_codes};

use super::{Pairs, calls::UnknownZone};
use crate::{
    files::columns::{COLUMNS, Cell, Column, Kind, Labels},
    http::{
        self, Shared,
        problem::{Problem, chain, new_reference},
    },
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

impl Heading {
    fn read(value: &str) -> Result<Self, Problem> {
        match value {
            "" | "fields" => Ok(Self::Fields),
            tag => {
                let language = Language::from_tag(tag);
                language.map(Self::People).ok_or_else(|| Problem::field("header", "must be fields, vi or en"))
            }
        }
    }
}

/// Answers with all calls of a campaign, or of the account, that the query's filter lets through.
pub async fn answer(
    server: &Shared,
    scope: &Scope,
    campaign: Option<&CampaignId>,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (heading, pairs) = Pairs::read(query).without("header");
    let heading = Heading::read(heading.as_deref().unwrap_or_default())?;
    let (filter, request) = pairs.call_list()?;
    let mut conn = server.db.read().await?;
    let account = accounts::lookup(&mut conn, scope).await?;
    let zone = Zone::new(&account.timezone).map_err(|_| Problem::internal(&UnknownZone(account.timezone.clone())))?;
    let today = zone.local((server.clock)()).day();
    let request = PageRequest { limit: SLICE, details: false, ..request };
    // The first slice is read before the answer begins, so that what is wrong is still a problem and not a broken file.
    let first = calls::slice(&mut conn, scope, campaign, &filter, today, &request).await?;
    let first = first.ok_or_else(|| Problem::not_found("campaign"))?;
    let labels = Labels::new(result_codes::list(&mut conn, scope).await?);
    drop(conn);

    let (server, campaign_id) = (server.clone(), campaign.cloned());
    let list = List { server, scope: *scope, campaign: campaign_id, filter, today, zone, account, labels, heading };
    let mut begin = Vec::from("\u{feff}");
    list.write_heading(&mut begin);
    list.write_rows(&mut begin, &seen_by(scope, first.calls));
    let today = list.today;
    let body = Body::from_stream(list.rest(begin.into(), first.next));
    let name = campaign.map_or("calls", CampaignId::as_str);
    let name = format!("{name}-{today}.csv");
    let mut response = body.into_response();
    response.headers_mut().extend(http::file_headers(http::CSV, &name));
    Ok(response)
}

struct List {
    server: Shared,
    scope: Scope,
    campaign: Option<CampaignId>,
    filter: CallFilter,
    today: Day,
    zone: Zone,
    account: Account,
    labels: Labels,
    heading: Heading,
}

impl List {
    /// The begin, then slice after slice. No transaction is held while the receiver is slow.
    fn rest(self, begin: Bytes, next: Option<String>) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
        enum State {
            Begin(Bytes, Option<String>),
            Next(String),
        }
        futures::stream::try_unfold((self, Some(State::Begin(begin, next))), async |(list, state)| {
            Ok(match state {
                None => None,
                Some(State::Begin(bytes, next)) => Some((bytes, (list, next.map(State::Next)))),
                Some(State::Next(cursor)) => {
                    let (bytes, next) = list.slice(cursor).await.map_err(|error| {
                        // The status is sent already: the only honest end is a broken one.
                        let (reference, account) = (new_reference(), list.account.id);
                        tracing::error!(reference, account, cause = chain(&error), "A CSV broke off");
                        std::io::Error::other("the list cannot be read to its end")
                    })?;
                    Some((bytes, (list, next.map(State::Next))))
                }
            })
        })
    }

    async fn slice(&self, cursor: String) -> Result<(Bytes, Option<String>), StoreError> {
        let request = PageRequest { limit: SLICE, cursor: Some(cursor), details: false };
        let mut conn = self.server.db.read().await?;
        let campaign = self.campaign.as_ref();
        let slice = calls::slice(&mut conn, &self.scope, campaign, &self.filter, self.today, &request).await?;
        let Some(slice) = slice else { return Ok((Bytes::new(), None)) };
        let mut bytes = Vec::new();
        self.write_rows(&mut bytes, &seen_by(&self.scope, slice.calls));
        Ok((bytes.into(), slice.next))
    }
}

/// The calls with their numbers as the reader may see them: masked for a viewer, in the file as on the page.
pub fn seen_by(scope: &Scope, mut calls: Vec<Call>) -> Vec<Call> {
    if !scope.role().may(Role::Manager) {
        for call in &mut calls {
            call.contact.phone = call.contact.phone.as_deref().map(phone::masked);
        }
    }
    calls
}

/// The first line.
pub fn heading(heading: Heading) -> Vec<String> {
    let name = |column: &Column| match heading {
        Heading::Fields => column.field.to_owned(),
        Heading::People(language) if column.kind == Kind::Duration => format!("{} (ms)", column.name(language)),
        Heading::People(language) => column.name(language).to_owned(),
    };
    COLUMNS.iter().map(name).collect()
}

fn writer(out: &mut Vec<u8>) -> csv::Writer<&mut Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out)
}

impl List {
    fn write_heading(&self, out: &mut Vec<u8>) {
        // Writing to memory cannot fail.
        let _ = writer(out).write_record(heading(self.heading));
    }

    fn write_rows(&self, out: &mut Vec<u8>, calls: &[Call]) {
        let mut writer = writer(out);
        for call in calls {
            for column in &COLUMNS {
                let _ = writer.write_field(self.cell((column.cell)(call, &self.labels)).as_ref());
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
            Cell::Number(number) | Cell::Duration(number) => number.to_string().into(),
            Cell::Time(at) => local(at, self.zone).into(),
            Cell::Money(money) => money.to_string().into(),
        }
    }
}

/// The wall clock to the millisecond with its offset: nothing is lost when the file is read again.
fn local(at: Timestamp, zone: Zone) -> String {
    let seconds = zone.local(at).to_rfc3339();
    let (time, offset) = seconds.split_at(19);
    format!("{time}.{:03}{offset}", at.0.rem_euclid(1_000))
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
    fn the_first_line_for_programs_and_for_people() {
        let lines = [Heading::Fields, Heading::People(Language::Vi), Heading::People(Language::En)];
        insta::assert_json_snapshot!(lines.map(|of| heading(of).join(",")));
    }
}
