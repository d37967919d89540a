//! What a test draws: calls, plans, and what an account says of its codes.

use std::collections::BTreeMap;

use domain::{
    CallClass, CallRecord, ContactRef, Day, HangupBy, Plan, Timestamp,
    plan::{Redial, Window},
};
use proptest::prelude::*;
use serde_json::{Value, json};

pub const CODES: [Option<&str>; 7] = [Some("DY"), Some("TC"), Some("BS"), Some("NA"), Some("CU"), Some("K9"), None];
/// 2026-11-01T00:00+07:00.
pub const START: i64 = 1_793_466_000_000;
pub const HOUR: i64 = 3_600_000;

/// A call as the test draws it. Its id is part of its dial start, so no two calls begin at the same millisecond.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub id: u8,
    pub campaign: u8,
    pub customer: u8,
    pub hour: u8,
    pub minute: u8,
    pub ring: u16,
    pub talk: u32,
    pub code: usize,
    pub attempt: Option<u32>,
    pub messages: Option<u32>,
    pub blocks: Option<i64>,
    pub hangup: usize,
    pub cause: usize,
    pub value: usize,
}

/// Who hung up, as drawn.
pub const SIDES: [Option<HangupBy>; 5] =
    [None, Some(HangupBy::Customer), Some(HangupBy::Bot), Some(HangupBy::Agent), Some(HangupBy::System)];
/// Causes, as drawn: blanks are no cause, and what may hold a number is told apart from nothing.
pub const CAUSES: [Option<&str>; 7] = [
    None,
    Some("16"),
    Some(" 17 "),
    Some("NORMAL_CLEARING"),
    Some(" "),
    Some("SIP/0912345678"),
    Some("0987 654 321 gọi lại"),
];

pub fn drawn() -> impl Strategy<Value = Drawn> {
    let numbers = (0..40_u8, 0..2_u8, 0..8_u8, 0..120_u8, 0..40_000_u16, 0..200_000_u32, 0..CODES.len());
    let options = (
        proptest::option::weighted(0.2, 1..4_u32),
        proptest::option::of(0..9_u32),
        proptest::option::weighted(0.1, 0..9_i64),
    );
    let endings = (0..SIDES.len(), 0..CAUSES.len(), 0..60_u8, 0..VALUES);
    (numbers, options, endings).prop_map(
        |(
            (id, campaign, customer, hour, ring, talk, code),
            (attempt, messages, blocks),
            (hangup, cause, minute, value),
        )| {
            Drawn {
                id,
                campaign,
                customer,
                hour,
                minute,
                ring,
                talk,
                code,
                attempt,
                messages,
                blocks,
                hangup,
                cause,
                value,
            }
        },
    )
}

pub fn record(drawn: &Drawn) -> CallRecord {
    let dialed_at = START + i64::from(drawn.hour) * HOUR + i64::from(drawn.minute) * 60_000 + i64::from(drawn.id);
    let code = CODES[drawn.code];
    let success = code.is_some_and(|code| CallClass::unless_changed(code) == CallClass::Success);
    let answered_at = success.then_some(dialed_at + i64::from(drawn.ring));
    let ended_at = code.map(|_| answered_at.unwrap_or(dialed_at) + i64::from(drawn.talk));
    CallRecord {
        id: format!("c-{}", drawn.id).parse().unwrap(),
        campaign: format!("camp-{}", drawn.campaign).parse().unwrap(),
        voicebot: None,
        contact: ContactRef { id: Some(format!("kh-{}", drawn.customer).parse().unwrap()), phone: None, name: None },
        attempt: drawn.attempt,
        dialed_at: Timestamp(dialed_at),
        answered_at: answered_at.map(Timestamp),
        ended_at: ended_at.map(Timestamp),
        result_code: code.map(|code| code.parse().unwrap()),
        bot_messages: drawn.messages,
        hangup_by: SIDES[drawn.hangup],
        cause: CAUSES[drawn.cause].map(str::to_owned),
        blocks: drawn.blocks.filter(|_| code.is_some()),
        cost: None,
        recording_url: None,
        transcript: None,
        attributes: attributes(drawn.value),
    }
}

/// How many attributes are drawn from.
pub const VALUES: usize = 7;

/// What is sent with a call: a value of `script`, one that says nothing, one that is none, or nothing; `list` beside some.
fn attributes(drawn: usize) -> Option<BTreeMap<String, Value>> {
    let attributes = match drawn {
        0 => return None,
        1 => json!({"script": "v4"}),
        2 => json!({"script": " v5\n", "list": "A"}),
        3 => json!({"script": "  "}),
        4 => json!({"script": ["v4"], "list": 7}),
        5 => json!({"script": "x".repeat(201)}),
        _ => json!({"script": "v6", "list": null}),
    };
    serde_json::from_value(attributes).unwrap()
}

/// A plan as the test draws it: the first and the last day from that of the first call, windows in minutes, and rules by code,
/// times and minutes.
#[derive(Debug, Clone)]
pub struct DrawnPlan {
    pub days: (Option<i32>, Option<i32>),
    pub windows: &'static [(u16, u16)],
    pub redials: &'static [(&'static str, u32, u32)],
}

pub const WINDOWS: [&[(u16, u16)]; 5] =
    [&[], &[(510, 690)], &[(0, 1_440)], &[(485, 500), (600, 1_017)], &[(0, 1), (1_439, 1_440)]];
pub const REDIALS: [&[(&str, u32, u32)]; 4] =
    [&[], &[("NA", 1, 30)], &[("NA", 2, 600), ("BS", 1, 61), ("DY", 3, 0)], &[("DY", 1, 1_440), ("CU", 100, 43_200)]];

pub fn drawn_plan() -> impl Strategy<Value = DrawnPlan> {
    let days = (proptest::option::of(0..3), proptest::option::of(3..5));
    (days, proptest::sample::select(WINDOWS.to_vec()), proptest::sample::select(REDIALS.to_vec()))
        .prop_map(|(days, windows, redials)| DrawnPlan { days, windows, redials })
}

impl DrawnPlan {
    pub fn plan(&self, first_day: Day) -> Plan {
        let minute = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60).parse().unwrap();
        let window = |(from, to): &(u16, u16)| Window { from: minute(*from), to: minute(*to) };
        let redial = |(code, times, pause_minutes): &(&str, u32, u32)| Redial {
            code: code.parse().unwrap(),
            times: *times,
            pause_minutes: *pause_minutes,
        };
        Plan {
            first_day: self.days.0.map(|days| first_day.plus(days)),
            last_day: self.days.1.map(|days| first_day.plus(days)),
            windows: self.windows.iter().map(window).collect(),
            redials: self.redials.iter().map(redial).collect(),
            ..Plan::default()
        }
    }
}

/// What an account says of a code from some batch on: the code's place among [`OWN`], its class, and whether it is a goal.
pub type Said = Option<(usize, CallClass, bool)>;

/// The codes of which an account may say what they count as.
pub const OWN: [&str; 3] = ["DY", "TC", "K9"];

pub fn said() -> impl Strategy<Value = Said> {
    let meanings = [
        (CallClass::Success, true),
        (CallClass::Success, false),
        (CallClass::Failed, false),
        (CallClass::Error, false),
    ];
    let said = (0..OWN.len(), proptest::sample::select(meanings.to_vec()));
    proptest::option::weighted(0.7, said.prop_map(|(code, (class, is_goal))| (code, class, is_goal)))
}
