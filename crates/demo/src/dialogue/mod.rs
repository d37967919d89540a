//! Transcripts: what the bot and the customer say, fitting the campaign and the result, within the talk time.

mod appointment;
mod new_plan;
mod reminder;
mod renewal;
mod shared;
mod survey;
mod welcome;
mod words;

use domain::{Day, Speaker, TranscriptLine};
use rand::{Rng, RngExt};

use self::words::{Exchange, Script};
use crate::{kind::CampaignKind, people::Callee, random::pick, speech};

/// What a dialogue is about.
pub struct DialogueCall<'a> {
    pub kind: CampaignKind,
    pub code: &'a str,
    pub person: &'a Callee,
    pub day: Day,
    /// Milliseconds from the answer to the end.
    pub talk: i64,
}

/// At least so long after the last word the call ends.
const TAIL_MS: i64 = 350;
/// A dialogue has at most so many questions in between; then somebody takes over or has to be waited for.
const MIDDLES: usize = 10;
/// The longest that one waits for a customer who looks for his papers.
const HOLD_MS: i64 = 40_000;

/// One line before it has a time.
struct DialogueTurn {
    speaker: Speaker,
    text: String,
    spoken: i64,
    /// Silence before it.
    gap: i64,
    /// How much of the call's slack goes before it, relative to the others.
    weight: f64,
}

/// Makes the transcript of a call that somebody answered.
pub fn transcript(call: &DialogueCall<'_>, rng: &mut impl Rng) -> Vec<TranscriptLine> {
    let fill = Placeholders::new(call, rng);
    let script = script(call.kind);
    let turns = |exchange: Exchange, rng: &mut _| -> Vec<DialogueTurn> {
        exchange.iter().map(|(speaker, text)| turn(*speaker, fill.fill(text), rng)).collect()
    };
    let room = call.talk - TAIL_MS;

    let mut opening = Vec::new();
    if call.code != "KN" && rng.random_bool(0.75) {
        opening.push(turn(Speaker::Customer, fill.fill(pick(rng, shared::HELLO)), rng));
    }
    opening.push(turn(Speaker::Bot, fill.fill(pick(rng, shared::GREETINGS)), rng));
    let closing = closing(call, script, rng).map_or_else(Vec::new, |exchange| turns(exchange, rng));
    let talks = !matches!(call.code, "KN" | "SN");
    if talks {
        opening.push(turn(Speaker::Customer, fill.fill(pick(rng, shared::CONSENTS)), rng));
        let purpose = turns(choose(rng, script.purposes), rng);
        let cut_off = call.code == "CM";
        if cut_off || length(&opening) + length(&purpose) + length(&closing) <= room {
            opening.extend(purpose);
        }
    }

    let mut left = room - length(&opening) - length(&closing);
    let mut middle: Vec<DialogueTurn> = Vec::new();
    if talks {
        for exchange in middles(script, rng) {
            let lines = turns(exchange, rng);
            // A call that was hung up ends within one of these; any other has room for all it begins.
            if call.code == "CM" && left > 0 || length(&lines) <= left {
                left -= length(&lines);
                middle.extend(lines);
            }
        }
        if left > 20_000 {
            left = wait(&mut middle, left, rng, &turns);
        }
    }
    let mut all: Vec<DialogueTurn> = opening.into_iter().chain(middle).chain(closing).collect();
    spread(&mut all, left);
    timed(all, room, call.code == "CM")
}

/// Fills much time with few words: the customer is away for a moment, or a person takes over.
fn wait<R: Rng>(
    middle: &mut Vec<DialogueTurn>,
    mut left: i64,
    rng: &mut R,
    turns: &impl Fn(Exchange, &mut R) -> Vec<DialogueTurn>,
) -> i64 {
    if left > 2 * HOLD_MS {
        let mut lines = turns(shared::HANDOVER, rng);
        left -= length(&lines);
        lines[2].weight = 1_000.0;
        middle.extend(lines);
    } else {
        let mut lines = turns(choose(rng, shared::HOLDS), rng);
        left -= length(&lines);
        lines[2].weight = 40.0;
        middle.extend(lines);
    }
    left
}

/// Gives the time that is left to the pauses between the lines.
fn spread(turns: &mut [DialogueTurn], left: i64) {
    let total: f64 = turns.iter().map(|turn| turn.weight).sum();
    if left > 0 && total > 0.0 {
        for turn in turns {
            turn.gap += (left as f64 * turn.weight / total) as i64;
        }
    }
}

/// Puts the lines on the clock; what does not fit is not said, and a last line may be cut.
fn timed(turns: Vec<DialogueTurn>, room: i64, cut_off: bool) -> Vec<TranscriptLine> {
    let mut lines: Vec<TranscriptLine> = Vec::with_capacity(turns.len());
    let mut clock = 0;
    for turn in turns {
        let at = clock + if lines.is_empty() { turn.gap.min(600) } else { turn.gap };
        let fits = at + turn.spoken <= room;
        let text = if fits { turn.text } else { speech::said_within(&turn.text, turn.speaker, room - at) };
        if text.is_empty() {
            break;
        }
        clock = at + turn.spoken;
        let text =
            if fits || text.ends_with(['.', '?', '!']) { text } else { format!("{} …", text.trim_end_matches(',')) };
        lines.push(TranscriptLine { at, speaker: turn.speaker, text });
        if !fits && !cut_off || clock >= room {
            break;
        }
    }
    lines
}

fn turn(speaker: Speaker, text: String, rng: &mut impl Rng) -> DialogueTurn {
    let spoken = speech::spoken_ms(&text, speaker);
    // The bot needs its moment to understand; people think, or do not.
    let (gap, weight) = match speaker {
        Speaker::Bot => (rng.random_range(450..900), rng.random_range(0.1..0.4)),
        Speaker::Customer => (rng.random_range(350..1_300), rng.random_range(0.4..1.6)),
    };
    DialogueTurn { speaker, text, spoken, gap, weight }
}

fn length(turns: &[DialogueTurn]) -> i64 {
    turns.iter().map(|turn| turn.gap + turn.spoken).sum()
}

fn choose(rng: &mut impl Rng, exchanges: &[Exchange]) -> Exchange {
    exchanges[rng.random_range(0..exchanges.len())]
}

/// Questions in between, in an order of the call's own, most of them the script's.
fn middles(script: &Script, rng: &mut impl Rng) -> Vec<Exchange> {
    let mut own = script.middles.to_vec();
    let mut any = shared::MIDDLES.to_vec();
    let mut chosen = Vec::with_capacity(MIDDLES);
    while chosen.len() < MIDDLES && !own.is_empty() {
        let from = if rng.random_bool(0.22) && !any.is_empty() { &mut any } else { &mut own };
        chosen.push(from.swap_remove(rng.random_range(0..from.len())));
    }
    chosen
}

fn script(kind: CampaignKind) -> &'static Script {
    match kind {
        CampaignKind::Reminder => &reminder::SCRIPT,
        CampaignKind::Appointment => &appointment::SCRIPT,
        CampaignKind::Survey => &survey::SCRIPT,
        CampaignKind::NewPlan => &new_plan::SCRIPT,
        CampaignKind::Renewal => &renewal::SCRIPT,
        CampaignKind::Welcome => &welcome::SCRIPT,
    }
}

/// The lines that the result follows from; none where the customer hung up.
fn closing(call: &DialogueCall<'_>, script: &Script, rng: &mut impl Rng) -> Option<Exchange> {
    let choices = match call.code {
        "CM" => return None,
        "DT" => shared::ALREADY_PAID,
        "DL" => appointment::OTHER_TIME,
        "PH" => survey::COMPLAINT,
        "HL" => shared::CALL_BACKS,
        "TC" => shared::REFUSALS,
        "TV" => shared::ADVISERS,
        "SN" => shared::WRONG_PERSON,
        "KN" => shared::SILENT,
        code if code == call.kind.goal() => script.goals,
        _ => shared::UNCLEAR,
    };
    Some(choose(rng, choices))
}

/// What stands for `{…}` in one call.
struct Placeholders([(&'static str, String); 9]);

impl Placeholders {
    fn new(call: &DialogueCall<'_>, rng: &mut impl Rng) -> Self {
        let (anh, capital) = if call.person.female { ("chị", "Chị") } else { ("anh", "Anh") };
        let digits: Vec<String> = call.person.phone.chars().rev().take(3).map(String::from).collect();
        let due = crate::hours::working_day(call.day.plus(rng.random_range(3..12)));
        let (thousands, millions) = (rng.random_range(0..20) * 50, rng.random_range(0..6));
        let money = match (millions, thousands) {
            (0, _) => format!("{} nghìn đồng", thousands + 350),
            (_, 0) => format!("{millions} triệu đồng"),
            _ => format!("{millions} triệu {thousands} nghìn đồng"),
        };
        let weekday = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"][usize::from(due.weekday()) - 1];
        let hour = pick(rng, &["8 giờ sáng", "9 giờ sáng", "10 giờ sáng", "2 giờ chiều", "3 giờ chiều", "4 giờ chiều"]);
        Self([
            ("{anh}", anh.to_owned()),
            ("{Anh}", capital.to_owned()),
            ("{ten}", call.person.given.to_owned()),
            ("{cuoi}", digits.into_iter().rev().collect::<Vec<_>>().join(" ")),
            ("{tien}", money),
            ("{ngay}", due.date().format("%-d tháng %-m").to_string()),
            ("{thu}", weekday.to_owned()),
            ("{gio}", hour.to_owned()),
            ("{diem}", pick(rng, &["bảy", "tám", "tám", "chín", "chín", "mười"]).to_owned()),
        ])
    }

    fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 16);
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            let end = rest[start..].find('}').map_or(rest.len(), |offset| start + offset + 1);
            let name = &rest[start..end];
            filled.push_str(&rest[..start]);
            let word = self.0.iter().find(|(placeholder, _)| *placeholder == name).map_or(name, |(_, word)| word);
            // A sentence that begins with a weekday begins with a capital.
            if filled.is_empty() {
                let mut chars = word.chars();
                filled.extend(chars.next().into_iter().flat_map(char::to_uppercase));
                filled.push_str(chars.as_str());
            } else {
                filled.push_str(word);
            }
            rest = &rest[end..];
        }
        filled.push_str(rest);
        filled
    }
}
