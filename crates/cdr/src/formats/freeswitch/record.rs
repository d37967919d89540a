//! One record of `mod_json_cdr` or `mod_xml_cdr` made into a leg.

use std::{borrow::Cow, fmt};

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    causes::{sip_status, unanswered},
    legs::{Leg, LegOutcome, LegText, LegTexts, Side},
    local_time::When,
    numbers::{bare, is_phone},
    source::Skipped,
    stamps::Stamps,
    table_row::{seconds, shortened},
};

use super::hangup::hung_up;

/// The channel variables that are read.
const VARIABLES: [&str; 32] = [
    "uuid",
    "call_uuid",
    "signal_bond",
    "bridge_uuid",
    "originating_leg_uuid",
    "originator",
    "call_link_id",
    "direction",
    "start_uepoch",
    "start_epoch",
    "start_stamp",
    "answer_uepoch",
    "answer_epoch",
    "answer_stamp",
    "end_uepoch",
    "end_epoch",
    "end_stamp",
    "progress_uepoch",
    "progress_epoch",
    "progress_media_uepoch",
    "progress_media_epoch",
    "sip_term_status",
    "hangup_cause",
    "sip_hangup_disposition",
    "campaign_id",
    "campaign",
    "accountcode",
    "record_path",
    "recording_file",
    "billsec",
    "duration",
    "destination_number",
];
/// Bodies within bodies.
const MOST_WRAPPERS: u8 = 4;

/// What is read of a record.
#[derive(Debug, Default, Clone)]
pub(super) struct Record {
    has_variables: bool,
    variables: [Option<String>; VARIABLES.len()],
    flow: Option<Flow>,
}

/// What is read of a step of the call's way through the dialplan.
#[derive(Debug, Default, Clone)]
struct Flow {
    index: u32,
    profile: Profile,
}

/// Who calls whom, at a step.
#[derive(Debug, Default, Clone)]
struct Profile {
    uuid: String,
    caller: String,
    callee: String,
    destination: String,
    /// Another leg made this one.
    is_made_by_other: bool,
}

impl Profile {
    fn set(&mut self, name: &str, value: &str) {
        let field = match name {
            "uuid" => &mut self.uuid,
            "caller_id_number" => &mut self.caller,
            "callee_id_number" => &mut self.callee,
            "destination_number" => &mut self.destination,
            "originator" => {
                self.is_made_by_other = true;
                return;
            }
            _ => return,
        };
        if field.is_empty() {
            value.clone_into(field);
        }
    }
}

impl Record {
    fn set(&mut self, name: &str, value: &str) {
        if let Some(at) = VARIABLES.iter().position(|known| *known == name)
            && !value.is_empty()
        {
            self.variables[at].get_or_insert_with(|| decoded(value).into_owned());
        }
    }

    /// The newest step tells whom the leg reached: the one with the highest index, else the first.
    fn add_flow(&mut self, flow: Flow) {
        if self.flow.as_ref().is_none_or(|known| flow.index > known.index) {
            self.flow = Some(flow);
        }
    }

    fn get(&self, name: &str) -> &str {
        let at = VARIABLES.iter().position(|known| *known == name);
        at.and_then(|at| self.variables[at].as_deref()).unwrap_or_default()
    }

    fn first(&self, names: &[&str]) -> &str {
        names.iter().map(|name| self.get(name)).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// Reads JSON; fails with what is wrong.
    pub(super) fn of_json(text: &[u8]) -> Result<Self, String> {
        let record: Self = serde_json::from_slice(text).map_err(|error| format!("is not JSON: {error}"))?;
        record.whole()
    }

    fn whole(self) -> Result<Self, String> {
        if self.has_variables { Ok(self) } else { Err("has no variables: it is no record of FreeSWITCH".to_owned()) }
    }

    /// Reads the body of a form: a record in XML or JSON, which may be in base64.
    pub(super) fn of_form(text: &[u8]) -> Result<Self, String> {
        let value = form_urlencoded::parse(text).find(|(name, _)| name == "cdr").map(|(_, value)| value);
        Self::of_text(value.as_deref().unwrap_or_default(), 0)
    }

    fn of_text(text: &str, wrappers: u8) -> Result<Self, String> {
        let text = text.trim();
        match text.bytes().next() {
            Some(b'{') => Self::of_json(text.as_bytes()),
            Some(b'<') => Self::of_xml(text.as_bytes()),
            _ if wrappers >= MOST_WRAPPERS => Err("is a record within too many others".to_owned()),
            _ if text.starts_with("cdr=") || text.contains("&cdr=") => Self::of_form(text.as_bytes()),
            _ => {
                // A form that was not encoded has blanks for the plus signs.
                let bytes = STANDARD.decode(text.replace(' ', "+").as_bytes());
                let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
                let text = text.ok_or("is neither JSON nor XML nor either of them in base64")?;
                Self::of_text(&text, wrappers + MOST_WRAPPERS)
            }
        }
    }

    /// Reads XML; fails with what is wrong.
    pub(super) fn of_xml(text: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(text);
        let mut reader = Reader::from_str(&text);
        let (mut record, mut path) = (Self::default(), Vec::<String>::new());
        let mut depth = 0_usize;
        let mut value = String::new();
        let mut flow = Flow::default();
        loop {
            let event = reader.read_event().map_err(|error| format!("is not XML: {error}"))?;
            match event {
                Event::Start(tag) => {
                    value.clear();
                    depth += 1;
                    if depth <= 5 {
                        path.push(tag.name().as_ref().to_owned());
                    }
                    record.begin(&path, depth, &tag, &mut flow);
                }
                Event::Empty(tag) if depth < 5 => {
                    path.push(tag.name().as_ref().to_owned());
                    record.begin(&path, depth + 1, &tag, &mut flow);
                    path.pop();
                }
                Event::Text(text) => value.push_str(&text),
                Event::CData(text) => value.push_str(&text),
                Event::GeneralRef(name) => {
                    let resolved = name.resolve_char_ref().ok().flatten();
                    let known = quick_xml::escape::resolve_predefined_entity(&name);
                    value.extend(resolved);
                    value.push_str(known.unwrap_or_default());
                }
                Event::End(_) => {
                    let names: Vec<&str> = path.iter().map(String::as_str).collect();
                    match names[..] {
                        ["cdr", "variables", name] if depth == 3 => record.set(name, value.trim()),
                        ["cdr", "callflow", "caller_profile", name] if depth == 4 => {
                            flow.profile.set(name, value.trim());
                        }
                        ["cdr", "callflow"] if depth == 2 => record.add_flow(std::mem::take(&mut flow)),
                        _ => {}
                    }
                    value.clear();
                    if depth <= 5 {
                        path.pop();
                    }
                    depth = depth.saturating_sub(1);
                }
                Event::Eof if depth > 0 => return Err("is not XML: it ends within an element".to_owned()),
                Event::Eof => return record.whole(),
                _ => {}
            }
        }
    }

    fn begin(&mut self, path: &[String], depth: usize, tag: &BytesStart<'_>, flow: &mut Flow) {
        let name = path.last().map_or("", String::as_str);
        match (depth, name) {
            (2, "variables") => self.has_variables = true,
            (2, "callflow") => {
                let index = tag.try_get_attribute("profile_index").ok().flatten();
                *flow = Flow { index: index.and_then(|at| at.value.parse().ok()).unwrap_or(0), ..Flow::default() };
            }
            _ => {}
        }
    }

    /// Makes a leg of it; fails with the variable at fault. `text` tells it from others.
    pub(super) fn leg(&self, line: u64, text: &[u8]) -> Result<Leg<'static>, Skipped> {
        let profile = self.flow.as_ref().map(|flow| flow.profile.clone()).unwrap_or_default();
        let stamps = self.stamps(line)?;
        let is_answered = stamps.answer != When::Never;
        let has_rung = ["progress_uepoch", "progress_epoch", "progress_media_uepoch", "progress_media_epoch"]
            .iter()
            .any(|name| !matches!(self.get(name), "" | "0"));
        let cause = self.get("hangup_cause");
        let outcome = match unanswered(sip_status(self.get("sip_term_status")), cause, has_rung) {
            _ if is_answered => LegOutcome::Answered,
            Some(code) => LegOutcome::of_code(code),
            None => LegOutcome::Unknown,
        };
        let first = |texts: &[&str]| texts.iter().find(|text| !text.is_empty()).copied().unwrap_or_default().to_owned();
        let destination = first(&[&profile.destination, self.get("destination_number")]);
        let is_originated = destination.starts_with('&');
        let called = first(&[&profile.callee, &destination]);
        let (phone, other) =
            if is_originated { (bare(&profile.caller), "") } else { (bare(&called), profile.caller.as_str()) };
        let uuid = first(&[self.get("uuid"), &profile.uuid]);
        let mut texts = LegTexts::new(&[
            (LegText::Leg, &uuid),
            (LegText::Call, self.get("call_uuid")),
            (LegText::Phone, &phone),
            (LegText::Other, other),
            (LegText::Campaign, self.first(&["campaign_id", "campaign", "accountcode"])),
            (LegText::Word, cause),
            (LegText::Cause, cause),
            (LegText::Recording, self.first(&["record_path", "recording_file"])),
        ]);
        if self.get("call_uuid").is_empty() {
            texts.linked = ["signal_bond", "bridge_uuid", "originating_leg_uuid", "call_link_id"]
                .map(|name| self.get(name))
                .to_vec();
        }
        texts.attributes = vec![
            ("sip_hangup_disposition", self.get("sip_hangup_disposition")),
            ("sip_term_status", self.get("sip_term_status")),
        ];
        let is_made_by_other = profile.is_made_by_other
            || ["originating_leg_uuid", "originator"].iter().any(|name| !self.get(name).is_empty());
        let side = match self.get("direction") {
            _ if is_made_by_other => Side::Customer,
            // One that was made for an extension waits for the customer's.
            _ if is_originated && is_phone(&phone) => Side::Customer,
            _ if is_originated => Side::Caller,
            "outbound" => Side::Customer,
            "inbound" => Side::Caller,
            _ => Side::Unsaid,
        };
        let mut leg = Leg::new(line, xxh3_128(text), stamps, outcome, &texts);
        (leg.side, leg.hangup_by) = (side, hung_up(self.get("sip_hangup_disposition")));
        Ok(leg)
    }

    fn stamps(&self, line: u64) -> Result<Stamps, Skipped> {
        let when = |names: [&'static str; 3]| {
            let name = names.into_iter().find(|name| !self.get(name).is_empty()).unwrap_or(names[0]);
            let text = self.get(name);
            let wrong = || Skipped::new(line, name, format!("is no date and time: \"{}\"", shortened(text)));
            // 0: it never happened.
            if text == "0" { Ok(When::Never) } else { When::parse(text).ok_or_else(wrong) }
        };
        let start = when(["start_uepoch", "start_epoch", "start_stamp"])?;
        let answer = when(["answer_uepoch", "answer_epoch", "answer_stamp"])?;
        let end = when(["end_uepoch", "end_epoch", "end_stamp"])?;
        if start == When::Never {
            return Err(Skipped::new(line, "start_uepoch", "is missing: when the leg began is not known"));
        }
        // Whole seconds between rounded instants say less than the instants.
        let counted = |name: &str, is_needed: bool| if is_needed { seconds(self.get(name)) } else { None };
        let duration = counted("duration", end == When::Never);
        let talk = counted("billsec", end == When::Never && answer != When::Never);
        Ok(Stamps { start, answer, end, duration, talk, epoch: None })
    }
}

/// Values are URL-encoded unless the module was told otherwise.
fn decoded(value: &str) -> Cow<'_, str> {
    if value.contains('%') { percent_decode_str(value).decode_utf8_lossy() } else { Cow::Borrowed(value) }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record of FreeSWITCH")
    }

    /// The body that a wrapper holds as text.
    fn visit_str<E: Error>(self, text: &str) -> Result<Record, E> {
        Ok(Record::of_text(text, 1).unwrap_or_default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut record = Record::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "variables" => {
                    record.has_variables = true;
                    map.next_value::<Variables>()?.0.iter().for_each(|(name, value)| record.set(name, value));
                }
                "callflow" => map.next_value::<Flows>()?.0.into_iter().for_each(|flow| record.add_flow(flow)),
                "body" | "message" | "data" | "cdr" if !record.has_variables => {
                    record = map.next_value::<Wrapped>()?.0.unwrap_or(record);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(record)
    }
}

/// What stands in a wrapper, if it is a record.
struct Wrapped(Option<Record>);

impl<'de> Deserialize<'de> for Wrapped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let record = Record::deserialize(value).ok();
        Ok(Self(record.filter(|record| record.has_variables)))
    }
}

/// The texts of an object, also where a name is there twice.
struct Variables(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;
        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Variables;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Variables, A::Error> {
                let mut pairs = Vec::new();
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    if VARIABLES.contains(&key.as_ref()) || PROFILE.contains(&key.as_ref()) {
                        let text = match map.next_value::<serde_json::Value>()? {
                            serde_json::Value::String(text) => text,
                            serde_json::Value::Number(number) => number.to_string(),
                            _ => String::new(),
                        };
                        pairs.push((key.into_owned(), text));
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Variables(pairs))
            }
        }
        deserializer.deserialize_map(PairsVisitor)
    }
}

/// The names of a caller profile that are read.
const PROFILE: [&str; 4] = ["caller_id_number", "callee_id_number", "destination_number", "originator"];

/// One step, or an array of them.
struct Flows(Vec<Flow>);

impl<'de> Deserialize<'de> for Flows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlowsVisitor;
        impl<'de> Visitor<'de> for FlowsVisitor {
            type Value = Flows;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a callflow, or an array of them")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Flows, A::Error> {
                let mut flows = Vec::new();
                while let Some(Flows(more)) = seq.next_element::<Flows>()? {
                    flows.extend(more);
                }
                Ok(Flows(flows))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flows, A::Error> {
                let mut flow = Flow::default();
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    match key.as_ref() {
                        "profile_index" => {
                            let index = map.next_value::<serde_json::Value>()?;
                            let index = index.as_str().and_then(|text| text.parse().ok()).or(index.as_u64());
                            flow.index = index.unwrap_or(0) as u32;
                        }
                        "caller_profile" => {
                            let pairs = map.next_value::<Variables>()?.0;
                            for (name, value) in &pairs {
                                flow.profile.set(name, &decoded(value));
                            }
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(Flows(vec![flow]))
            }
        }
        deserializer.deserialize_any(FlowsVisitor)
    }
}
