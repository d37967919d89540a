//! Dograh: the report of a campaign's runs as CSV. It holds completed runs alone, so its answer rate says nothing.
//!
//! Source: dograh-hq/dograh (report export); see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    body::Body,
    columns::{self, Places},
    ending::{MACHINE, OK, Words, meaning},
    events::{Platform, holds_rows, keep},
    partial::{Assumed, Event},
    pruned::Names,
    source::{Given, Input, Opened},
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "dograh",
    zone: Some("UTC"),
    marks: &[&["run_id", "call_disposition"]],
    own: &["run_id"],
    names: Names {
        read: &[
            "run_id",
            "campaign_id",
            "agent_id",
            "created_at",
            "phone_number",
            "call_disposition",
            "duration",
            "call_tags",
            "transcript_url",
            "recording_url",
        ],
        whole: &[],
    },
    read,
};

/// Every run was completed: what it came to is the site's own word.
const DISPOSITIONS: Words = &[("voicemail*", MACHINE), ("*answering-machine*", MACHINE), ("*", OK)];

pub(crate) fn recognises(head: &[u8]) -> bool {
    PLATFORM.recognises(head) || holds_rows::<Column>(head)
}

pub(crate) fn open<'a>(input: Input<'a>, given: &Given) -> Opened<'a> {
    PLATFORM.open_either::<Column>(input, given, &FIELDS)
}

fn read(body: Body<'_>, times: &mut Times) -> Result<Vec<Event>, FieldError> {
    let Some(call) = body.first(&["run_id"]) else { return Ok(Vec::new()) };
    let started = times.at(body, "created_at")?;
    let length = body.seconds("duration")?.unwrap_or(0);
    let disposition = body.first(&["call_disposition"]).unwrap_or_default();
    let mut event = Event {
        call,
        dialed_at: started,
        ended_at: started.map(|at| at + length),
        talk: Some(length),
        ending: Some(meaning(DISPOSITIONS, &disposition)),
        campaign: body.first(&["campaign_id"]),
        voicebot: body.first(&["agent_id"]),
        phone: body.first(&["phone_number"]),
        cause: Some(disposition.clone()).filter(|word| !word.is_empty()),
        word: Some(("call_disposition", disposition)),
        recording_url: body.first(&["recording_url"]),
        assumed: vec![Assumed::DialIsAnswer, Assumed::AnsweredAlone],
        ..Event::default()
    };
    keep(&mut event, "tags", body.at("call_tags"));
    keep(&mut event, "transcript_url", body.at("transcript_url"));
    Ok(vec![event])
}

/// A column of the report.
#[derive(Debug, Clone, Copy)]
enum Column {
    Run,
    Campaign,
    Agent,
    Created,
    Phone,
    Disposition,
    Duration,
    Tags,
    Transcript,
    Recording,
}

/// The names of the columns in [`Names`].
const FIELDS: [&str; 10] = [
    "run_id",
    "campaign_id",
    "agent_id",
    "created_at",
    "phone_number",
    "call_disposition",
    "duration",
    "call_tags",
    "transcript_url",
    "recording_url",
];

impl columns::Column for Column {
    const NAMES: &'static [(Self, &'static [&'static str])] = &[
        (Column::Run, &["runid"]),
        (Column::Campaign, &["campaignid"]),
        (Column::Agent, &["agentid"]),
        (Column::Created, &["createdat"]),
        (Column::Phone, &["phonenumber"]),
        (Column::Disposition, &["calldisposition"]),
        (Column::Duration, &["calldurations", "callduration"]),
        (Column::Tags, &["calltags"]),
        (Column::Transcript, &["transcripturl"]),
        (Column::Recording, &["recordingurl"]),
    ];
    const TIME: Self = Self::Created;

    fn index(self) -> usize {
        self as usize
    }

    fn suffice(places: &Places<Self>) -> bool {
        [Self::Run, Self::Created, Self::Phone, Self::Disposition].into_iter().all(|column| places.has(column))
    }
}
