//! How a call goes: whether somebody answers, how long they talk, with which code it ends.

use domain::{HangupBy, Timestamp, outcome};
use rand::{Rng, RngExt};

use crate::{
    business::UNDEFINED_CODE,
    hours::{self, OPENING},
    kind::CampaignKind,
    observed::{BUSY_SHARE, CONTACT_BY_HOUR, GOAL_BY_ATTEMPT, REACHED_AT_ATTEMPT, TALK_GOAL, TALK_OTHER},
    plan::CampaignPlan,
    random::{quantile, stream, weighted},
};

/// How one call goes. Times are milliseconds from the start of dialling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCourse {
    /// When the customer answered.
    pub answered: Option<i64>,
    /// When it was over.
    pub ended: i64,
    pub code: &'static str,
    pub hangup_by: Option<HangupBy>,
    pub cause: &'static str,
    /// Whether the customer is called again though reached.
    pub call_again: bool,
}

/// Share of the calls that are answered, before weekday, hour, attempt and campaign.
const ANSWER_SHARE: f64 = 0.478;
/// Monday to Sunday, relative to the average.
const ANSWER_BY_WEEKDAY: [f64; 7] = [0.97, 1.03, 1.04, 1.02, 0.99, 0.92, 0.92];
/// Those who did not answer answer a little less often when they are called again.
const ANSWER_BY_ATTEMPT: [f64; 3] = [1.0, 0.98, 0.93];
/// Share of the calls that fail because of the line on an ordinary day, and while the line is down.
const FAULT_SHARE: (f64, f64) = (0.014, 0.6);

/// Makes the outcome of one attempt to reach the customer at a place of the campaign's list.
pub fn outcome(seed: u64, plan: &CampaignPlan, position: u32, attempt: u32, at: Timestamp) -> CallCourse {
    let mut rng = stream(seed ^ (plan.number as u64) << 48, "outcome", u64::from(position) << 8 | u64::from(attempt));
    let down = plan.outages.iter().any(|(from, to)| (*from..*to).contains(&at));
    if rng.random_bool(if down { FAULT_SHARE.1 } else { FAULT_SHARE.0 }) {
        return fault(&mut rng, down);
    }
    let (day, _) = hours::local(at);
    // Before 08:00 and after 20:00 only the running demo calls; people then answer as on average.
    let by_hour =
        hours::hour(at).checked_sub(OPENING as usize).and_then(|hour| CONTACT_BY_HOUR.get(hour)).unwrap_or(&1.0);
    let attempt_index = (attempt as usize - 1).min(2);
    let share = ANSWER_SHARE
        * plan.kind.answer_factor()
        * by_hour
        * ANSWER_BY_WEEKDAY[usize::from(day.weekday()) - 1]
        * ANSWER_BY_ATTEMPT[attempt_index];
    if rng.random_bool(share.clamp(0.05, 0.95)) {
        answered(&mut rng, plan, attempt_index)
    } else {
        unanswered(&mut rng)
    }
}

fn fault(rng: &mut impl Rng, down: bool) -> CallCourse {
    // In an outage the operator has no circuit; else the number is gone or its network is.
    let causes: &[&str] = if down { &["34", "42", "41", "38"] } else { &["1", "27", "41", "22"] };
    CallCourse {
        answered: None,
        ended: rng.random_range(350..4_200),
        code: outcome::LINE_FAULT,
        hangup_by: Some(HangupBy::System),
        cause: crate::random::pick(rng, causes),
        call_again: true,
    }
}

fn unanswered(rng: &mut impl Rng) -> CallCourse {
    let unreached = |ended, code, hangup_by, cause| CallCourse {
        answered: None,
        ended,
        code,
        hangup_by: Some(hangup_by),
        cause,
        call_again: true,
    };
    if rng.random_bool(BUSY_SHARE) {
        if rng.random_bool(0.55) {
            // Declined after a few rings.
            unreached(rng.random_range(4_000..16_000), outcome::BUSY, HangupBy::Customer, "21")
        } else {
            unreached(rng.random_range(1_500..5_000), outcome::BUSY, HangupBy::System, "17")
        }
    } else {
        // The bot gives up after 35 seconds of ringing, some networks after 30 or 45.
        let limit = [35_000, 30_000, 45_000][weighted(rng, [0.6, 0.22, 0.18])];
        let cause = if rng.random_bool(0.9) { "19" } else { "18" };
        unreached(limit + rng.random_range(1_200..4_400), outcome::NO_ANSWER, HangupBy::System, cause)
    }
}

fn answered(rng: &mut impl Rng, plan: &CampaignPlan, attempt_index: usize) -> CallCourse {
    let picked_up = ring_time(rng);
    let average: f64 = (0..3).map(|k| REACHED_AT_ATTEMPT[k] * GOAL_BY_ATTEMPT[k]).sum();
    let goal = rng.random_bool(plan.kind.goal_share() * GOAL_BY_ATTEMPT[attempt_index] / average);
    let (table, brevity) = match (goal, plan.kind.brevity()) {
        (true, (_, brevity)) => (&TALK_GOAL[..], brevity),
        (false, (brevity, _)) => (&TALK_OTHER[..], brevity),
    };
    let seconds = quantile(table, leaned(rng.random(), brevity)) + rng.random_range(-0.5..0.5);
    let talk = ((seconds * 1_000.0) as i64).max(900);
    let code = if plan.undefined_code && rng.random_bool(0.004) {
        UNDEFINED_CODE
    } else if goal {
        plan.kind.goal()
    } else {
        code_without_goal(rng, plan.kind, talk as f64 / 1_000.0)
    };
    let by_customer = match code {
        "CM" => 0.95,
        "KN" | "SN" => 0.35,
        _ => 0.45,
    };
    let (hangup_by, cause) = if code == "CM" && rng.random_bool(0.05) {
        (HangupBy::System, "41")
    } else if rng.random_bool(by_customer) {
        (HangupBy::Customer, "16")
    } else {
        (HangupBy::Bot, "16")
    };
    let call_again = code == "HL" && rng.random_bool(0.35);
    CallCourse {
        answered: Some(picked_up),
        ended: picked_up + talk,
        code,
        hangup_by: Some(hangup_by),
        cause,
        call_again,
    }
}

/// From the start of dialling to the answer: the network needs one to three seconds, then most answer within four rings
/// (a ring is five seconds in Viet Nam: one of tone, four of silence).
fn ring_time(rng: &mut impl Rng) -> i64 {
    let rings: f64 = (0..3).map(|_| rng.random::<f64>()).sum::<f64>() / 3.0;
    rng.random_range(1_000..3_000) + 2_000 + (rings * rings * 30_000.0) as i64
}

/// Moves an even share towards 0 (`lean` above 0) or 1 (below): the inverse of the distribution with density
/// `1 + lean (1 − 2u)`. Mixed over leans whose weighted sum is 0 the result is even again.
fn leaned(share: f64, lean: f64) -> f64 {
    if lean.abs() < 1e-6 {
        return share;
    }
    let b = 1.0 + lean;
    (b - (b * b - 4.0 * lean * share).sqrt()) / (2.0 * lean)
}

/// Which code a call without the goal ends with, given how long they talked: nobody refuses a plan in four seconds, and
/// nobody listens for five minutes to find out that he is the wrong person.
fn code_without_goal(rng: &mut impl Rng, kind: CampaignKind, seconds: f64) -> &'static str {
    let over = |limit: f64, weight: f64| if seconds > limit { weight } else { 0.0 };
    let steps = |limits: [f64; 3], weights: [f64; 4]| weights[limits.iter().filter(|l| seconds > **l).count()];
    let mut codes = vec![
        ("CM", steps([25.0, 60.0, 150.0], [6.0, 2.5, 1.0, 0.5])),
        ("KN", steps([12.0, 20.0, 35.0], [2.6, 1.6, 0.5, 0.0])),
        ("SN", steps([8.0, 20.0, 45.0], [0.4, 1.8, 1.6, 0.0])),
        ("TC", steps([10.0, 30.0, 150.0], [0.1, 1.2, 2.4, 2.0])),
        ("HL", steps([10.0, 30.0, 120.0], [0.1, 1.1, 1.4, 0.8])),
    ];
    match kind {
        CampaignKind::Reminder => codes.extend([("DT", over(18.0, 1.9)), ("TV", over(240.0, 1.6))]),
        CampaignKind::Appointment => codes.extend([("DL", over(22.0, 2.2)), ("TV", over(240.0, 1.2))]),
        CampaignKind::Survey | CampaignKind::Welcome => {
            codes.extend([("PH", over(45.0, 1.3)), ("TV", over(240.0, 1.8))]);
        }
        CampaignKind::NewPlan | CampaignKind::Renewal => codes.push(("TV", over(90.0, 1.0) + over(240.0, 1.6))),
    }
    codes[weighted(rng, codes.iter().map(|(_, weight)| *weight))].0
}
