//! Call records of FreeSWITCH, and of FusionPBX, which is built on it.
//!
//! `mod_json_cdr` and `mod_xml_cdr` write one record a leg ([`bodies`], [`record`]), `mod_cdr_csv` and `mod_cdr_pg_csv`
//! one row a leg ([`columns`], [`row`]), FusionPBX's table and export one row a call and phone.
//!
//! - Legs of one call name it by `call_uuid`, by a variable of the site's own (`call_link_id`), or each other by
//!   `bleg_uuid`, `signal_bond` or `bridge_uuid`. The call's id is `freeswitch:` and that, or the first of the legs'
//!   ids.
//! - A leg was answered where it has an instant of the answer, whatever its cause; a cause tells why another was not
//!   ([`crate::causes`]). FusionPBX's own status comes first.
//! - The customer's leg decides: the b leg where there is one, else the only one. A leg that was originated (its
//!   destination is `&…`) is the customer's where its number is an outside one.
//! - The customer is the number that was called, of the newest step of the call's way; of a leg that was originated its
//!   `caller_id_number`; of FusionPBX's inbound calls the caller.
//! - The campaign is the one given, else `campaign_id` or `campaign`, variables of the site's own, else `accountcode`.

mod bodies;
mod columns;
mod hangup;
mod record;
mod row;

use std::io::{Cursor, Read};

use domain::time::Zone;

use crate::{
    leg_calls::{LegCalls, LegRows, Legs, System, of_table},
    source::{Failure, Given, HEAD_BYTES, Input, Opened, Skipped},
    table::Table,
    texts::{Texts, in_portions},
};

pub(crate) use crate::leg_parts::with_stored_in_order as with_stored;

use bodies::{Bodies, BodyKind};
use record::Record;

const SYSTEM: System = System {
    prefix: "freeswitch",
    start: "start_stamp",
    word: "hangup_cause",
    phone: "destination_number",
    campaign: "accountcode",
    is_first_callers: true,
    has_parts: true,
};

/// Whether the first bytes of a file are call records of FreeSWITCH or FusionPBX.
pub(crate) fn recognises(head: &[u8]) -> bool {
    is_bodies(head) || is_table(head)
}

fn is_table(head: &[u8]) -> bool {
    match Table::open(head, Zone::HO_CHI_MINH, columns::shape_of) {
        Ok(Some(mut table)) => {
            // A dump may begin with other tables; it creates this one before it fills any.
            !table.is_dump() || matches!(table.next_row(), Ok(Some(_))) || table.creates_rows()
        }
        _ => false,
    }
}

fn is_bodies(head: &[u8]) -> bool {
    // A record may stand in a text within an envelope.
    let text = String::from_utf8_lossy(head).replace("\\\"", "\"");
    let has = |word: &str| text.contains(word);
    let is_json = has("\"variables\"") && ["\"core-uuid\"", "\"callflow\"", "\"channel_data\""].into_iter().any(has);
    let is_xml = has("<cdr") && (has("<variables>") || has("<channel_data>"));
    let form = |line: &str| {
        let value = line.strip_prefix("cdr=").or_else(|| line.split_once("&cdr=").map(|(_, value)| value));
        // JSON or XML, encoded or not, or either of them in base64.
        value.is_some_and(|value| {
            ["%7B", "%7b", "%3C", "%3c", "{", "<", "ey", "PD94", "PGNk"].iter().any(|start| value.starts_with(start))
        })
    };
    let begins = |starts: &[char]| text.trim_start().starts_with(starts);
    (begins(&['{', '[']) && (is_json || (has("cdr=") && has("variables"))))
        || (begins(&['<']) && is_xml)
        || text.lines().take(5).any(form)
}

/// Reads all legs of a file; fails where it is none that FreeSWITCH writes.
pub(crate) fn open<'a>(mut input: Input<'a>, given: &Given) -> Opened<'a> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    // Asked for by name, whatever is JSON or XML is tried.
    let begins = head.trim_ascii_start().first();
    let is_bodies = !is_table(&head) && (is_bodies(&head) || matches!(begins, Some(b'{' | b'[' | b'<')));
    let input: Input<'a> = Box::new(Cursor::new(head).chain(input));
    if is_bodies {
        return Ok(Box::new(of_bodies(input, given)?));
    }
    Ok(Box::new(of_table(input, given, &SYSTEM, columns::shape_of, row::leg)?))
}

fn of_bodies(input: Input<'_>, given: &Given) -> Result<LegCalls, Failure> {
    let mut legs = Legs::new(&SYSTEM, "records of mod_json_cdr or mod_xml_cdr", given);
    let mut bodies = Bodies::new(input);
    let worker = || {
        |texts: &Texts<(BodyKind, Option<&'static str>)>| {
            let mut legs = LegRows::default();
            texts.each(|line, (kind, fault), text| {
                let record = match (fault, kind) {
                    (Some(fault), _) => Err(fault.to_owned()),
                    (None, BodyKind::Json) => Record::of_json(text),
                    (None, BodyKind::Xml) => Record::of_xml(text),
                    (None, BodyKind::Form) => Record::of_form(text),
                };
                let record = record.map_err(|reason| Skipped::new(line, "", reason));
                legs.add(record.and_then(|record| record.leg(line, text)));
            });
            legs
        }
    };
    in_portions(|text| bodies.next_body(text), given.sharing, worker, |rows| legs.take(rows))?;
    if bodies.others > 0 {
        let said = format!(
            "lines that are no records, passed over: {}; the first is line {}",
            bodies.others, bodies.first_other
        );
        legs.findings.warnings.push(said);
    }
    legs.finish(given)
}
