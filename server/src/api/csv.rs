//! The call list as CSV: UTF-8 with a byte-order mark, times in the account's zone with their offset, texts that no
//! spreadsheet takes for formulas. It is made page by page while it is sent, whatever its length, with the filter that
//! the page and the JSON use; `ringside import` reads it.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{Account, Call, CallFilter, CampaignId, Day, Role, Timestamp, call::PricedBy, phone, time::Zone};
use futures::Stream;
use store::{PageRequest, Scope, StoreError, accounts, calls};

use super::{Pairs, calls::UnknownZone};
use crate::http;
use crate::http::{
    Shared,
    problem::{Problem, chain, new_reference},
};

/// Calls read and written at once.
const SLICE: u32 = 1_000;

/// The columns. Those of a call record have its fields' names; the others follow from them.
const COLUMNS: [&str; 23] = [
    "id",
    "campaign",
    "voicebot",
    "contact.id",
    "contact.phone",
    "contact.name",
    "attempt",
    "dialed_at",
    "answered_at",
    "ended_at",
    "result_code",
    "class",
    "talk_time",
    "dial_time",
    "bot_messages",
    "hangup_by",
    "cause",
    "blocks",
    "cost",
    "currency",
    "priced_by",
    "recording_url",
    "recording",
];

/// Answers with all calls that the query's filter lets through.
pub async fn answer(
    server: &Shared,
    scope: &Scope,
    campaign: &CampaignId,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let (filter, request) = Pairs::read(query).call_list()?;
    let mut conn = server.db.read().await?;
    let account = accounts::lookup(&mut conn, scope).await?;
    let zone = Zone::new(&account.timezone).map_err(|_| Problem::internal(&UnknownZone(account.timezone.clone())))?;
    let today = zone.local((server.clock)()).day();
    let request = PageRequest { limit: SLICE, details: false, ..request };
    // The first slice is read before the answer begins, so that what is wrong is still a problem and not a broken file.
    let first = calls::slice(&mut conn, scope, campaign, &filter, today, &request).await?;
    let first = first.ok_or_else(|| Problem::not_found("campaign"))?;
    drop(conn);

    let mut begin = Vec::from("\u{feff}");
    write_rows(&mut begin, &[], zone, true);
    write_rows(&mut begin, &seen_by(scope, first.calls), zone, false);
    let list = List { server: server.clone(), scope: *scope, campaign: campaign.clone(), filter, today, zone, account };
    let body = Body::from_stream(list.rest(begin.into(), first.next));
    let name = http::attachment(&format!("{campaign}-{}.csv", zone.local((server.clock)()).day()));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

struct List {
    server: Shared,
    scope: Scope,
    campaign: CampaignId,
    filter: CallFilter,
    today: Day,
    zone: Zone,
    account: Account,
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
        let slice = calls::slice(&mut conn, &self.scope, &self.campaign, &self.filter, self.today, &request).await?;
        let Some(slice) = slice else { return Ok((Bytes::new(), None)) };
        let mut bytes = Vec::new();
        write_rows(&mut bytes, &seen_by(&self.scope, slice.calls), self.zone, false);
        Ok((bytes.into(), slice.next))
    }
}

/// The calls with their numbers as the reader may see them: masked for a viewer, in the file as on the page.
fn seen_by(scope: &Scope, mut calls: Vec<Call>) -> Vec<Call> {
    if !scope.role().may(Role::Manager) {
        for call in &mut calls {
            call.contact.phone = call.contact.phone.as_deref().map(phone::masked);
        }
    }
    calls
}

fn write_rows(out: &mut Vec<u8>, calls: &[Call], zone: Zone, header: bool) {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    // Writing to memory cannot fail, and every row has the header's length.
    if header {
        let _ = writer.write_record(COLUMNS);
    }
    for call in calls {
        let _ = writer.write_record(row(call, zone));
    }
    let _ = writer.flush();
}

fn row(call: &Call, zone: Zone) -> [String; COLUMNS.len()] {
    let time = |at: Option<Timestamp>| at.map(|at| local(at, zone)).unwrap_or_default();
    let text = |text: Option<&str>| text.map(harmless).unwrap_or_default();
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    [
        harmless(call.id.as_str()),
        harmless(call.campaign.as_str()),
        harmless(call.voicebot.as_str()),
        text(call.contact.id.as_ref().map(domain::ContactId::as_str)),
        text(call.contact.phone.as_deref()),
        text(call.contact.name.as_deref()),
        call.attempt.to_string(),
        local(call.dialed_at, zone),
        time(call.answered_at),
        time(call.ended_at),
        text(call.result_code.as_ref().map(domain::Code::as_str)),
        call.class.map_or("", domain::CallClass::word).to_owned(),
        call.talk_time.to_string(),
        number(call.dial_time),
        number(call.bot_messages.map(i64::from)),
        call.hangup_by.map_or("", domain::HangupBy::word).to_owned(),
        text(call.cause.as_deref()),
        call.blocks.to_string(),
        call.cost.to_string(),
        call.currency.to_string(),
        match call.priced_by {
            PricedBy::Tariff => "tariff",
            PricedBy::Sender => "sender",
        }
        .to_owned(),
        text(call.recording_url.as_deref()),
        call.recording.as_ref().map(|recording| recording.content_type.clone()).unwrap_or_default(),
    ]
}

/// The wall clock to the millisecond with its offset: nothing is lost when the file is read again.
fn local(at: Timestamp, zone: Zone) -> String {
    let seconds = zone.local(at).to_rfc3339();
    let (time, offset) = seconds.split_at(19);
    format!("{time}.{:03}{offset}", at.0.rem_euclid(1_000))
}

/// A text that begins like a formula gets a `'` before it, which spreadsheets take for "this is text".
pub(super) fn harmless(text: &str) -> String {
    // A quote of the text's own is doubled, so that the reader can tell which one was added.
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) { format!("'{text}") } else { text.to_owned() }
}
