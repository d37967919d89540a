//! What Vapi says of how a call ended (`endedReason`), in its JSON and in tables that were made of it, and what tables of Retell say.
//!
//! It has hundreds of words, of which new ones come with each version, so most are told by what they begin or end with.

use crate::ending::{BS, CU, Ending, EndingWords, MACHINE, NA, NOT_DIALLED, OK, OK_OR_CU, own_meaning};

/// The first that fits holds.
const REASONS: EndingWords = &[
    ("customer-busy", BS),
    ("vonage-rejected", BS),
    ("customer-did-not-answer", NA),
    ("*sip-408-*", NA),
    ("*sip-480-*", NA),
    // The caller gave up before anybody took the call.
    ("*hungup-before-call-connect", NA),
    ("customer-did-not-give-microphone-permission", CU),
    ("*failed-to-connect*", CU),
    ("*misdialed", CU),
    ("*-sip-403-*", CU),
    ("*-sip-407-*", CU),
    ("*-sip-503-*", CU),
    ("*never-connected", CU),
    ("call-start-error-*", CU),
    ("call.start.error-*", CU),
    ("call.ringing.error-*", CU),
    ("assistant-not-*", CU),
    ("assistant-request-*", CU),
    ("assistant-join-timed-out", CU),
    ("phone-call-provider-bypass-*", CU),
    ("manually-canceled", NOT_DIALLED),
    ("call-deleted", NOT_DIALLED),
    ("scheduled-call-deleted", NOT_DIALLED),
    ("customer-ended-call*", OK),
    ("assistant-ended-call*", OK),
    ("assistant-said-*", OK),
    ("assistant-forwarded-*", OK),
    // Faults in a call, or before it was one: what else is known of it tells.
    ("call.*.error-*", OK_OR_CU),
    ("call.in-progress.*", OK_OR_CU),
    ("call.forwarding.*", OK_OR_CU),
    ("call.ending.*", OK_OR_CU),
    ("pipeline-*", OK_OR_CU),
    ("assistant-error", OK_OR_CU),
    ("database-error", OK_OR_CU),
    ("unknown-error", OK_OR_CU),
    ("worker-*", OK_OR_CU),
    ("vonage-*", OK_OR_CU),
    ("phone-call-provider-*", OK_OR_CU),
    ("silence-timed-out", OK_OR_CU),
    ("exceeded-max-duration", OK_OR_CU),
];

/// Reasons of Retell's.
const OF_RETELL: EndingWords = &[
    ("user-hangup", OK),
    ("agent-hangup", OK),
    ("voicemail-reached", MACHINE),
    ("ivr-reached", MACHINE),
    ("max-duration-reached", OK),
    ("user-declined", BS),
    ("dial-busy", BS),
    ("dial-no-answer", NA),
    ("dial-failed", CU),
    ("invalid-destination", CU),
    ("sip-routing-error", CU),
    ("telephony-provider-*", CU),
];

/// What a reason of a table means; none where it is no reason, or a word of many systems.
pub(crate) fn of_table(word: &str) -> Option<Ending> {
    own_meaning(REASONS, word).or_else(|| own_meaning(OF_RETELL, word))
}

/// What a reason of Vapi's own JSON means, and whether that is known: if not, what else is said of the call tells.
pub(crate) fn of_json(reason: &str) -> (Ending, bool) {
    match own_meaning(&[("voicemail", MACHINE)], reason).or_else(|| own_meaning(REASONS, reason)) {
        Some(ending) => (ending, true),
        None if reason.starts_with("call.ringing.") => (CU, false),
        None => (OK_OR_CU, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_nobody_knows_is_an_answer_or_a_fault_and_never_refused() {
        for (reason, expected) in [
            ("twilio-failed-to-connect-call", CU),
            ("call.in-progress.error-sip-outbound-call-failed-to-connect", CU),
            ("call.ringing.error-sip-inbound-call-failed-to-connect", CU),
            ("call.ringing.sip-inbound-caller-hungup-before-call-connect", NA),
            ("call.start.error-subscription-frozen", CU),
            ("call.in-progress.error-vapifault-openai-llm-failed", OK_OR_CU),
            ("pipeline-error-openai-401-unauthorized", OK_OR_CU),
            ("customer-ended-call-during-transfer", OK),
            ("voicemail", MACHINE),
        ] {
            assert_eq!(of_json(reason), (expected, true), "{reason}");
        }
        assert_eq!(of_json("something-of-next-year"), (OK_OR_CU, false));
        assert_eq!(of_json("call.ringing.hook-executed-say"), (CU, false));
        assert_eq!((of_table("gold"), of_table("voicemail")), (None, None));
    }
}
