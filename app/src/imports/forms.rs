//! The forms of both pages.

use domain::{
    import::{FileReading, ImportPreview, OtherCalls},
    limits::{ID_CHARS, NAME_CHARS},
};

use super::{OWN_CAMPAIGN, reading::OneImport, result_words};
use crate::{
    Text,
    form::{Field, Filled, Form, Kind, Words},
};

/// The files that are brought in.
pub const FILES: Field = Field::new("file", Text::import_files, Kind::Files).required().note(Text::import_files_note);

/// Sends files of calls, which are looked at before anything is stored.
pub const BRING: Form = Form { fields: &[FILES], submit: Text::import_upload };

/// How the file writes dates; empty: it is found out.
pub const ORDER: Field = Field::new("date_order", Text::import_order, Kind::Select(ORDERS));
const ORDERS: &[(&str, Words)] =
    &[("", Text::import_order_found), ("dmy", |_| "31/12/2026"), ("mdy", |_| "12/31/2026"), ("ymd", |_| "2026-12-31")];
/// The unit of bare numbers, by its word in a mapping; empty: as it was found out.
pub const UNIT: Field = Field::new("unit", Text::import_unit, Kind::Select(UNITS)).note(Text::import_unit_note);
const UNITS: &[(&str, Words)] = &[
    ("", Text::import_unit_found),
    ("s", Text::import_unit_seconds),
    ("ms", Text::import_unit_milliseconds),
    ("min", Text::import_unit_minutes),
    ("h", Text::import_unit_hours),
    ("d", Text::import_unit_days),
];
/// The longest name of a zone that can be typed, in characters.
const ZONE_CHARS: usize = 64;
/// The zone of times that carry none.
pub const ZONE: Field =
    Field::new("timezone", Text::import_zone, Kind::Line { max: ZONE_CHARS }).note(Text::import_zone_note);
/// What is done with calls that are none to a customer.
pub const OTHERS: Field = Field::new("inbound", Text::import_others, Kind::Select(OTHER_CALLS));
const OTHER_CALLS: &[(&str, Words)] = &[
    ("import", Text::import_others_import),
    ("leave", Text::import_others_leave),
    (OWN_CAMPAIGN, Text::import_others_campaign),
];
/// The campaign that these are put into.
pub const OTHERS_CAMPAIGN: Field =
    Field::new("inbound_campaign", Text::import_others_into, Kind::Line { max: ID_CHARS });

/// Has a file looked at again. Which column is which field stands above it (`columns`).
pub const LOOK_AGAIN: Form =
    Form { fields: &[ORDER, UNIT, ZONE, OTHERS, OTHERS_CAMPAIGN], submit: Text::import_look_again };

/// The campaign that the calls are put into; empty: as the file says.
pub const CAMPAIGN: Field = Field::new("campaign", Text::import_campaigns, Kind::Offered { max: ID_CHARS });
/// The id of a new one.
pub const NEW_CAMPAIGN: Field =
    Field::new("new", Text::import_into_new, Kind::Line { max: ID_CHARS }).note(Text::import_into_new_note);
/// Under which name the mapping of a table is kept.
pub const MAPPING_NAME: Field = Field::new("mapping_name", Text::import_mapping_name, Kind::Line { max: NAME_CHARS })
    .note(Text::import_mapping_name_note);

/// Whether the words whose meaning was said are kept as spellings of the account.
pub const KEEP_WORDS: Field = Field::new("keep_words", Text::import_keep_words, Kind::Checkbox);

/// Has the calls stored.
pub const STORE: Form =
    Form { fields: &[CAMPAIGN, NEW_CAMPAIGN, MAPPING_NAME, KEEP_WORDS], submit: Text::import_store };

/// What the form begins with that has a file looked at again, or what was typed into it.
pub(super) fn look_again(one: &OneImport, found: &ImportPreview, text: Text) -> Filled {
    let asked = &one.options.inbound;
    let (others, campaign) = match asked {
        OtherCalls::Import => ("import", String::new()),
        OtherCalls::LeaveOut => ("leave", String::new()),
        OtherCalls::Campaign(id) => (OWN_CAMPAIGN, id.to_string()),
    };
    let order = |mapping: &str| {
        let given = mapping.lines().find_map(|line| line.strip_prefix("date_order = "));
        given.unwrap_or_default().trim_matches('"').to_owned()
    };
    let filled = one.refused.clone().unwrap_or_else(|| {
        Filled::default()
            .with(&ORDER, found.table.as_ref().map(|table| order(&table.mapping)).unwrap_or_default())
            .with(&ZONE, one.options.timezone.clone().unwrap_or_default())
            .with(&OTHERS, others)
            .with(&OTHERS_CAMPAIGN, campaign)
    });
    let filled = if found.table.is_none() { filled.without(&[ORDER, UNIT]) } else { filled };
    let count = |of: fn(&FileReading) -> u64| found.files.iter().map(of).sum::<u64>();
    let (inbound, internal) = (count(|file| file.inbound), count(|file| file.internal));
    let voicemail = count(|file| file.voicemail);
    if inbound + internal + voicemail == 0 && *asked == OtherCalls::Import {
        filled.without(&[OTHERS, OTHERS_CAMPAIGN])
    } else {
        let note = text.import_others_note(&text.int(inbound), &text.int(internal), &text.int(voicemail));
        filled.noted(&OTHERS, note)
    }
}

/// What the form begins with that has the calls stored, or what was typed into it.
pub(super) fn store(one: &OneImport, found: &ImportPreview, text: Text) -> Filled {
    let filled = one.refused.clone().unwrap_or_else(|| {
        let campaign = one.options.campaign.as_ref().map(ToString::to_string);
        let kept = found.table.as_ref().and_then(|table| table.mapping_name.clone());
        // One that is kept already keeps its name.
        let name = kept.unwrap_or_else(|| {
            let name = one.import.name.as_str();
            name.rsplit_once('.').map_or(name, |(name, _)| name).to_owned()
        });
        Filled::default().with(&CAMPAIGN, campaign.unwrap_or_default()).with(&MAPPING_NAME, name)
    });
    let first = if found.needs_campaign {
        text.import_choose().to_owned()
    } else {
        let in_file = found.campaigns.iter().take(5).map(|(id, calls)| {
            let note = if calls.is_known { String::new() } else { format!(", {}", text.import_will_be_made()) };
            format!("{id} ({}{note})", text.calls(calls.calls))
        });
        let in_file: Vec<String> = in_file.collect();
        let more = if found.campaigns.len() > 5 { ", …" } else { "" };
        format!("{}: {}{more}", text.import_as_in_file(), in_file.join(", "))
    };
    let campaigns = one.campaigns.iter().map(|(id, name)| {
        let label = if id == name { name.clone() } else { format!("{name} ({id})") };
        (id.clone(), label)
    });
    let filled = filled.offering(&CAMPAIGN, [(String::new(), first)].into_iter().chain(campaigns).collect());
    let words: Vec<String> =
        result_words::to_keep(found).iter().map(|(word, code)| format!("{word} = {code}")).collect();
    match (found.table.is_some(), words.is_empty()) {
        (false, _) => filled.without(&[MAPPING_NAME, KEEP_WORDS]),
        (true, true) => filled.without(&[KEEP_WORDS]),
        (true, false) => filled.noted(&KEEP_WORDS, text.import_keep_words_note(&words.join(", "))),
    }
}
