//! What the hang-up cause of a call says that nobody answered: a SIP status, a Q.850 cause or FreeSWITCH's name for
//! either.
//!
//! Switches disagree on some; the tables follow FreeSWITCH (`switch_types.h`, `sofia_glue.c`) and Q.850. Of a call that
//! was answered the cause says nothing, so whoever asks has found out first that it was not. What is in no table is not
//! known, and no result.

use domain::outcome::{BUSY, LINE_FAULT, NO_ANSWER};

/// SIP statuses, from and to.
const SIP: [(u16, u16, &str); 14] = [
    (400, 407, LINE_FAULT),
    (408, 408, NO_ANSWER),
    (410, 410, LINE_FAULT),
    (480, 480, NO_ANSWER),
    (484, 485, LINE_FAULT),
    (486, 486, BUSY),
    (487, 487, NO_ANSWER),
    (488, 488, LINE_FAULT),
    (500, 599, LINE_FAULT),
    (600, 600, BUSY),
    (603, 603, BUSY),
    (604, 604, LINE_FAULT),
    (606, 606, LINE_FAULT),
    (607, 608, BUSY),
];

/// What a cause means.
#[derive(Debug, Clone, Copy)]
enum CauseMeaning {
    /// This result code.
    Code(&'static str),
    /// Nobody answered where it rang; else the line was at fault.
    ByRinging,
}

const BS: CauseMeaning = CauseMeaning::Code(BUSY);
const NA: CauseMeaning = CauseMeaning::Code(NO_ANSWER);
const CU: CauseMeaning = CauseMeaning::Code(LINE_FAULT);

/// Causes by their number (up to 127 of Q.850, above that FreeSWITCH's own) and FreeSWITCH's name.
const CAUSES: [(u16, &str, CauseMeaning); 58] = [
    (1, "UNALLOCATED_NUMBER", CU),
    (2, "NO_ROUTE_TRANSIT_NET", CU),
    (3, "NO_ROUTE_DESTINATION", CU),
    (6, "CHANNEL_UNACCEPTABLE", CU),
    (16, "NORMAL_CLEARING", NA),
    (17, "USER_BUSY", BS),
    (18, "NO_USER_RESPONSE", NA),
    (19, "NO_ANSWER", NA),
    (20, "SUBSCRIBER_ABSENT", CU),
    (21, "CALL_REJECTED", BS),
    (22, "NUMBER_CHANGED", CU),
    (25, "EXCHANGE_ROUTING_ERROR", CU),
    (27, "DESTINATION_OUT_OF_ORDER", CU),
    (28, "INVALID_NUMBER_FORMAT", CU),
    (29, "FACILITY_REJECTED", CU),
    (31, "NORMAL_UNSPECIFIED", CauseMeaning::ByRinging),
    (34, "NORMAL_CIRCUIT_CONGESTION", CU),
    (38, "NETWORK_OUT_OF_ORDER", CU),
    (41, "NORMAL_TEMPORARY_FAILURE", CU),
    (42, "SWITCH_CONGESTION", CU),
    (43, "ACCESS_INFO_DISCARDED", CU),
    (44, "REQUESTED_CHAN_UNAVAIL", CU),
    (45, "PRE_EMPTED", CU),
    (50, "FACILITY_NOT_SUBSCRIBED", CU),
    (52, "OUTGOING_CALL_BARRED", CU),
    (54, "INCOMING_CALL_BARRED", CU),
    (57, "BEARERCAPABILITY_NOTAUTH", CU),
    (58, "BEARERCAPABILITY_NOTAVAIL", CU),
    (63, "SERVICE_UNAVAILABLE", CU),
    (65, "BEARERCAPABILITY_NOTIMPL", CU),
    (66, "CHAN_NOT_IMPLEMENTED", CU),
    (69, "FACILITY_NOT_IMPLEMENTED", CU),
    (79, "SERVICE_NOT_IMPLEMENTED", CU),
    (81, "INVALID_CALL_REFERENCE", CU),
    (88, "INCOMPATIBLE_DESTINATION", CU),
    (95, "INVALID_MSG_UNSPECIFIED", CU),
    (96, "MANDATORY_IE_MISSING", CU),
    (97, "MESSAGE_TYPE_NONEXIST", CU),
    (98, "WRONG_MESSAGE", CU),
    (99, "IE_NONEXIST", CU),
    (100, "INVALID_IE_CONTENTS", CU),
    (101, "WRONG_CALL_STATE", CU),
    (102, "RECOVERY_ON_TIMER_EXPIRE", CauseMeaning::ByRinging),
    (103, "MANDATORY_IE_LENGTH_ERROR", CU),
    (111, "PROTOCOL_ERROR", CU),
    (127, "INTERWORKING", CU),
    (487, "ORIGINATOR_CANCEL", NA),
    (500, "CRASH", CU),
    (501, "SYSTEM_SHUTDOWN", CU),
    // Another leg took the call.
    (502, "LOSE_RACE", NA),
    (602, "ALLOTTED_TIMEOUT", NA),
    (604, "MEDIA_TIMEOUT", CU),
    (605, "PICKED_OFF", NA),
    (606, "USER_NOT_REGISTERED", CU),
    (607, "PROGRESS_TIMEOUT", NA),
    (608, "INVALID_GATEWAY", CU),
    (609, "GATEWAY_DOWN", CU),
    (612, "NO_PICKUP", NA),
];

/// The result code of a call that nobody answered: `BS`, `NA` or `CU`; none where neither its SIP status nor its cause
/// is known. The status says more than the cause and comes first (a refused call and one without credit are both
/// `CALL_REJECTED`). `cause` is a name in any case, or a number; `rang` is whether the far end is known to have rung.
pub(crate) fn unanswered(sip: Option<u16>, cause: &str, rang: bool) -> Option<&'static str> {
    let by_sip = sip.and_then(|status| SIP.iter().find(|(from, to, _)| (*from..=*to).contains(&status)));
    if let Some((_, _, code)) = by_sip {
        return Some(code);
    }
    let cause = cause.trim();
    let number: Option<u16> = cause.parse().ok();
    let is = |name: &str| {
        let same = |(a, b): (u8, u8)| a.eq_ignore_ascii_case(&b) || (a == b'_' && matches!(b, b' ' | b'-'));
        name.len() == cause.len() && name.bytes().zip(cause.bytes()).all(same)
    };
    let (_, _, meaning) = CAUSES.iter().find(|(known, name, _)| Some(*known) == number || is(name))?;
    Some(match meaning {
        CauseMeaning::Code(code) => code,
        CauseMeaning::ByRinging if rang => NO_ANSWER,
        CauseMeaning::ByRinging => LINE_FAULT,
    })
}

/// What a line says of how a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineSays {
    /// Somebody answered: a SIP status of 200.
    Answered,
    /// It was cleared in an ordinary way, answered or not.
    Cleared,
    /// Nobody answered: the result code.
    Unanswered(&'static str),
}

/// What a cell says as a cause: a name (`USER_BUSY`), a number of Q.850 (`17`), a SIP status (`486`, `486 Busy Here`, `SIP/2.0 486`),
/// perhaps with words behind the number; none where it is none that is known. Behind a number of Q.850 only its own name will do:
/// `1 - Đồng ý` is the first of somebody's outcomes, and `17 tuổi` an age.
pub(crate) fn line_says(text: &str, rang: bool) -> Option<LineSays> {
    let text = text.trim();
    let is_prefix = |prefix: &&str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let prefix = ["sip/2.0 ", "sip:", "sip ", "q.850:", "q850:"].into_iter().find(|prefix| is_prefix(prefix));
    let text = prefix.map_or(text, |prefix| text[prefix.len()..].trim());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    if number.is_empty() {
        let is_cleared = text.len() == 15 && text.replace([' ', '-'], "_").eq_ignore_ascii_case("NORMAL_CLEARING");
        let says = |code| if is_cleared { LineSays::Cleared } else { LineSays::Unanswered(code) };
        return unanswered(None, text, rang).map(says);
    }
    let is_told = rest.is_empty() || rest.starts_with([' ', '-', ':', '_']) && rest.contains(char::is_alphabetic);
    let is_own = |number: &u16| *number >= 200 || prefix.is_some() || rest.is_empty() || is_named(*number, rest);
    match number.parse::<u16>().ok().filter(|number| is_told && digits <= 3 && is_own(number))? {
        16 => Some(LineSays::Cleared),
        200..=299 => Some(LineSays::Answered),
        status => unanswered(Some(status), number, rang).map(LineSays::Unanswered),
    }
}

/// Whether these words are those of a number of Q.850: its name, perhaps with more behind (`No answer from user`).
fn is_named(number: u16, words: &str) -> bool {
    let words = words.trim_start_matches([' ', '-', ':', '_']).replace([' ', '-'], "_").to_ascii_uppercase();
    let is_clearing = number == 16 && words == "NORMAL_CALL_CLEARING";
    is_clearing || CAUSES.iter().any(|(known, name, _)| *known == number && words.starts_with(name))
}

/// The SIP status in `487`, `sip:487` or `486 Busy Here`; none where the text holds none.
pub(crate) fn sip_status(text: &str) -> Option<u16> {
    let text = text.trim();
    let text = text.strip_prefix("sip:").or_else(|| text.strip_prefix("SIP:")).unwrap_or(text);
    let status = text.split(' ').next()?.parse().ok()?;
    (100..=699).contains(&status).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_number_mean_the_same() {
        for (number, name, _) in CAUSES {
            for rang in [false, true] {
                let expected = unanswered(None, name, rang);
                assert!(expected.is_some());
                assert_eq!(unanswered(None, &number.to_string(), rang), expected, "{name}");
            }
        }
        assert_eq!(unanswered(None, "user busy", false), Some(BUSY));
    }

    #[test]
    fn the_sip_status_comes_before_the_cause() {
        for (sip, cause, code) in [
            (None, "CALL_REJECTED", BUSY),
            (Some(603), "CALL_REJECTED", BUSY),
            (Some(402), "CALL_REJECTED", LINE_FAULT),
            (Some(403), "21", LINE_FAULT),
            (None, "SUBSCRIBER_ABSENT", LINE_FAULT),
            (Some(480), "SUBSCRIBER_ABSENT", NO_ANSWER),
            (Some(487), "ORIGINATOR_CANCEL", NO_ANSWER),
            (Some(503), "NORMAL_TEMPORARY_FAILURE", LINE_FAULT),
            (Some(404), "", LINE_FAULT),
            (Some(200), "NO_ANSWER", NO_ANSWER),
        ] {
            assert_eq!(unanswered(sip, cause, false), Some(code), "{sip:?} {cause}");
        }
    }

    #[test]
    fn a_timer_that_ran_out_is_no_answer_only_where_it_rang() {
        assert_eq!(unanswered(None, "RECOVERY_ON_TIMER_EXPIRE", true), Some(NO_ANSWER));
        assert_eq!(unanswered(None, "RECOVERY_ON_TIMER_EXPIRE", false), Some(LINE_FAULT));
    }

    #[test]
    fn what_is_in_no_table_is_no_result() {
        for cause in
            ["", "BLIND_TRANSFER", "ATTENDED_TRANSFER", "MANAGER_REQUEST", "NONSENSE", "ANSWERED", "0", "7", "999"]
        {
            assert_eq!(unanswered(None, cause, true), None, "{cause:?}");
        }
        assert_eq!(unanswered(Some(200), "", true), None);
    }

    #[test]
    fn a_line_says_by_name_or_number_how_a_call_ended() {
        for (text, says) in [
            ("NORMAL_CLEARING", Some(LineSays::Cleared)),
            ("Normal clearing", Some(LineSays::Cleared)),
            ("16", Some(LineSays::Cleared)),
            ("200 OK", Some(LineSays::Answered)),
            ("17", Some(LineSays::Unanswered(BUSY))),
            ("17 USER_BUSY", Some(LineSays::Unanswered(BUSY))),
            ("SIP/2.0 486 Busy Here", Some(LineSays::Unanswered(BUSY))),
            ("480", Some(LineSays::Unanswered(NO_ANSWER))),
            ("404 Not Found", Some(LineSays::Unanswered(LINE_FAULT))),
            ("31", Some(LineSays::Unanswered(LINE_FAULT))),
            ("no_route_destination", Some(LineSays::Unanswered(LINE_FAULT))),
            ("NO_PICKUP", Some(LineSays::Unanswered(NO_ANSWER))),
            ("0912345601", None),
            ("19 No answer from user", Some(LineSays::Unanswered(NO_ANSWER))),
            ("16 - Normal call clearing", Some(LineSays::Cleared)),
            ("Q.850:17 irgendwas", Some(LineSays::Unanswered(BUSY))),
            ("1 - Đồng ý", None),
            ("2 - Từ chối", None),
            ("16 - Chốt đơn", None),
            ("17 tuổi", None),
            ("17:05", None),
            ("", None),
            ("gold", None),
            ("0", None),
        ] {
            assert_eq!(line_says(text, false), says, "{text}");
        }
        assert_eq!(line_says("31", true), Some(LineSays::Unanswered(NO_ANSWER)));
    }

    #[test]
    fn a_sip_status_is_found_in_what_switches_write() {
        for (text, status) in
            [("487", Some(487)), ("sip:486", Some(486)), ("486 Busy Here", Some(486)), ("", None), ("16", None)]
        {
            assert_eq!(sip_status(text), status, "{text:?}");
        }
    }
}
