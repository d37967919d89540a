//! Sarvam campaigns: the webhook of each attempt.
//!
//! Source: docs.sarvam.ai (campaign webhooks); see docs/FORMATS.md.

use domain::FieldError;

use crate::{
    assumed::Assumed,
    body::Body,
    ending::{Ending, EndingWords, OK, meaning},
    events::{Platform, keep_all},
    partial::Event,
    pruned::Names,
    times::Times,
};

pub(crate) static PLATFORM: Platform = Platform {
    prefix: "sarvam",
    zone: None,
    marks: &[&["attempt_id", "connectivity_status"]],
    own: &["attempt_id", "connectivity_status"],
    names: Names {
        read: &[
            "attempt_id",
            "campaign_id",
            "cohort_id",
            "app_id",
            "app_version",
            "connectivity_status",
            "completion_status",
            "next_action_status",
            "failure_reason",
            "user_identifier",
            "user_phone_number",
            "duration",
            "interaction_id",
            "retry_attempt",
            "executed_at",
        ],
        whole: &["initial_agent_variables", "final_agent_variables", "metadata"],
    },
    columns: None,
    read,
};

const STATUSES: EndingWords = &[("connected", OK)];

fn read<'a>(body: Body<'a>, times: &mut Times) -> Result<Vec<Event<'a>>, FieldError> {
    let Some(call) = body.first(&["attempt_id"]) else { return Ok(Vec::new()) };
    let status = body.first(&["connectivity_status"]);
    // Without one nothing was dialled.
    let ending = status.as_deref().map_or(Ending::NotDialled, |status| meaning(STATUSES, status));
    let started = times.at(body, "executed_at")?;
    let length = body.seconds("duration")?;
    let mut event = Event {
        call,
        dialed_at: started,
        ended_at: started.map(|at| at + length.unwrap_or(0)),
        talk: length.filter(|_| ending == OK),
        ending: Some(ending),
        campaign: body.first(&["campaign_id"]),
        voicebot: body.first(&["app_id"]),
        contact_id: body.first(&["user_identifier"]),
        phone: body.first(&["user_phone_number"]),
        name: body.first(&["initial_agent_variables.customer_name"]),
        attempt: body.number("retry_attempt")?.filter(|attempt| (1.0..=1_000.0).contains(attempt)).map(|n| n as u32),
        cause: body.first(&["failure_reason"]).or_else(|| status.clone()),
        word: status.map(|status| ("connectivity_status", status)),
        ..Event::default()
    };
    if ending == OK {
        event.assumed.push(Assumed::DialIsAnswer);
    }
    keep_all(
        &mut event,
        body,
        &[
            ("voicebot_version", "app_version"),
            ("cohort", "cohort_id"),
            ("completion", "completion_status"),
            ("next_action", "next_action_status"),
            ("interaction", "interaction_id"),
            ("data", "final_agent_variables"),
            ("variables", "initial_agent_variables"),
            ("metadata", "metadata"),
        ],
    );
    Ok(vec![event])
}
