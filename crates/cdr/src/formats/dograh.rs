//! Dograh: the report of a campaign's runs as CSV. It holds completed runs alone, so its answer rate says nothing.
//!
//! Source: dograh-hq/dograh (report export); see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    assumed::Assumed,
    body::Body,
    columns::columns,
    ending::{EndingWords, MACHINE, OK, meaning},
    events::{Columns, Platform, keep},
    partial::Event,
    pruned::Names,
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
    columns: Some(Columns::of::<Column>()),
    read,
};

/// Every run was completed: what it came to is the site's own word.
const DISPOSITIONS: EndingWords = &[("voicemail*", MACHINE), ("*answering-machine*", MACHINE), ("*", OK)];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
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

columns! {
    /// A column of the report.
    enum Column, time Created, enough |places| places.have(&[Column::Run, Column::Created, Column::Phone, Column::Disposition]);
    Run "run_id";
    Campaign "campaign_id";
    Agent "agent_id";
    Created "created_at";
    Phone "phone_number";
    Disposition "call_disposition";
    Duration "duration" "calldurations" "callduration";
    Tags "call_tags";
    Transcript "transcript_url";
    Recording "recording_url";
}
