//! The rows of one call made into one record.
//!
//! A call is as good as its best row (ANSWERED before BUSY before NO ANSWER …). It begins with its first row and ends
//! with its last. Of an answered call, the *customer's leg* says who was called, when the answer came and how long the
//! talk was (the bot's own leg and those of extensions aside, where an outside number was dialled): an answered row, made by Dial or AppDial if there is one, to something that looks like a phone number if
//! there is one, the longest of these, then the first by time and `sequence`: whatever order the file is in, the call is the same.

use std::collections::BTreeMap;

use domain::{CallId, CallRecord, CampaignId, Code, ContactRef, Timestamp};

use crate::{
    clock::Clock,
    numbers::is_phone,
    parts::{CUSTOMER, DST, ROWS, SIDE, legs_of},
    source::{Direction, Skipped, checked},
    spreadsheet::phone_number,
    stamps::{Instants, NoInstants},
};

use super::{
    disposition::Disposition,
    row::{AsteriskLeg, CALLER, RowText},
    session::SERIAL,
};

fn instants(row: &AsteriskLeg<'_>, clock: &Clock) -> Result<Instants, Skipped> {
    row.stamps.instants(clock).map_err(|error| match error {
        NoInstants::Start(reason) => Skipped::new(row.line, "calldate", reason),
        NoInstants::Duration(reason) => Skipped::new(row.line, "duration", reason),
    })
}

/// Makes the record of a call of all its rows, whatever order they come in.
pub(super) fn record(
    id: CallId,
    rows: &[&AsteriskLeg<'_>],
    campaign: Option<&CampaignId>,
    direction: Direction,
    clock: &Clock,
) -> Result<(u64, CallRecord), Skipped> {
    let line = rows.iter().map(|row| row.line).min().unwrap_or_default();
    let wrong = |field: &str, reason: String| Skipped::new(line, field, reason);
    let mut legs = Vec::with_capacity(rows.len());
    for row in rows {
        legs.push((*row, instants(row, clock)?));
    }
    legs.sort_by_key(|(row, times)| (times.start, row.rank()));
    let (rows, times): (Vec<&AsteriskLeg<'_>>, Vec<Instants>) = legs.into_iter().unzip();
    // What a menu of our own took says nothing where another row tells of the talk, nor does the bot's own leg where a customer was dialled.
    let only_menus = rows.iter().all(|row| row.is_own_menu());
    let is_outside = |row: &&AsteriskLeg<'_>| direction != Direction::Inbound && row.is_dialled_outside();
    let dialled: Vec<&AsteriskLeg<'_>> = rows.iter().copied().filter(is_outside).collect();
    let tells = |row: &&AsteriskLeg<'_>| only_menus || !(row.is_own_menu() || row.is_own_beside(&dialled));
    let best = rows.iter().copied().filter(tells).map(|row| row.disposition).min().unwrap_or(Disposition::Failed);
    let (leg, leg_times) = rows
        .iter()
        .zip(&times)
        .filter(|(row, _)| tells(row) && row.disposition == best)
        .rev()
        // The last of equals, so the first of the rows.
        .max_by_key(|(row, times)| (row.is_dialled(), is_phone(row.customer(direction)), times.talk))
        .ok_or_else(|| wrong("", "is empty".to_owned()))?;

    let side = match (dialled.is_empty(), direction) {
        (false, _) => CUSTOMER,
        (true, Direction::Inbound) if !only_menus => CALLER,
        (true, _) => leg.side(),
    };
    // Of a call that came in first the legs of who called.
    let all = || std::iter::once(leg).chain(&rows);
    let callers = || all().filter(|row| row.is_callers(direction));
    let customers = || callers().chain(all()).map(|row| row.customer(direction));
    let phone = customers()
        .find(|number| is_phone(number))
        .or_else(|| customers().find(|number| !number.is_empty()))
        .ok_or_else(|| wrong("dst", "is empty: nobody was called".to_owned()))?;
    let phone = phone_number(phone).map_err(|reason| wrong("dst", reason.to_owned()))?.number;

    let dialed_at = times.iter().map(|times| times.start).min().unwrap_or(leg_times.start);
    let (answered_at, ended_at) = if best.is_connected() {
        // The end that makes the talk time what was billed: other legs may last longer than the customer's.
        (Some(Timestamp(leg_times.answer)), leg_times.answer + leg_times.talk)
    } else {
        (None, times.iter().map(|times| times.end).max().unwrap_or(leg_times.end))
    };
    let recording = first_text(leg, &rows, |row| row.text(RowText::RecordingFile));
    let (recording_url, recording_file) = match recording {
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => (Some(url.to_owned()), None),
        file => (None, file),
    };
    let mut attributes = BTreeMap::from([
        (ROWS.to_owned(), serde_json::Value::from(rows.len())),
        legs_of(rows.iter().map(|row| row.fingerprint)),
    ]);
    let mut keep = |name: &str, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            attributes.insert(name.to_owned(), serde_json::Value::from(text));
        }
    };
    keep(SIDE, Some(side));
    keep("src", Some(leg.text(RowText::Src)));
    keep(DST, Some(leg.customer(direction)).filter(|number| !is_phone(number) && is_phone(&phone)));
    keep("clid", Some(leg.text(RowText::Clid)));
    keep("lastapp", Some(leg.text(RowText::LastApp)));
    keep("recordingfile", recording_file);
    keep(SERIAL, Some(leg.text(RowText::SerialNumber)));
    let code = Code::new(best.result_code()).map_err(|error| wrong("disposition", error.to_string()))?;
    let record = CallRecord {
        id,
        campaign: campaign_of(leg, &rows, campaign).map_err(|(field, reason)| wrong(field, reason))?,
        voicebot: None,
        contact: ContactRef {
            id: None,
            phone: Some(phone),
            name: first_text(leg, &rows, |row| row.text(RowText::DstName)).map(str::to_owned),
        },
        attempt: None,
        dialed_at: Timestamp(dialed_at),
        answered_at,
        ended_at: Some(Timestamp(ended_at)),
        result_code: Some(code),
        bot_messages: None,
        hangup_by: None,
        // The raw word stays with the call, so that it can be mapped in another way later.
        cause: Some(leg.disposition.word().to_owned()),
        blocks: None,
        cost: None,
        recording_url,
        transcript: None,
        attributes: Some(attributes),
    };
    checked(line, record)
}

/// The text of the customer's leg, else of the first row that has one.
fn first_text<'a>(
    leg: &'a AsteriskLeg<'a>,
    rows: &[&'a AsteriskLeg<'a>],
    text: fn(&'a AsteriskLeg<'a>) -> &'a str,
) -> Option<&'a str> {
    std::iter::once(leg).chain(rows.iter().copied()).map(text).find(|text| !text.is_empty())
}

fn campaign_of(
    leg: &AsteriskLeg<'_>,
    rows: &[&AsteriskLeg<'_>],
    given: Option<&CampaignId>,
) -> Result<CampaignId, (&'static str, String)> {
    if let Some(campaign) = given {
        return Ok(campaign.clone());
    }
    let account_code = first_text(leg, rows, |row| row.text(RowText::AccountCode));
    for (field, name) in [("accountcode", account_code), ("userfield", first_text(leg, rows, AsteriskLeg::user_field))]
    {
        if let Some(name) = name {
            return CampaignId::new(name).map_err(|error| (field, error.to_string()));
        }
    }
    Err((
        "campaign",
        "is not known: the row has neither accountcode nor userfield; give one for the whole file".to_owned(),
    ))
}
