//! The statuses that VICIdial itself gives to calls (`docs/VICIDIAL_statuses.txt`, `vicidial_statuses`), and what each
//! means; Convoso spells some alike. A site adds its own, which say nothing to who does not know its table.

use domain::ResultCode;

use crate::{
    causes::unanswered,
    ending::{MACHINE_LABELS, codes_of},
    legs::LegOutcome,
};

/// Statuses of calls that a person answered, which are their result codes: with the labels in Vietnamese and English.
/// In the second half are calls of which the person found nobody at our end.
const ANSWERED: [(&str, &str, &str); 28] = [
    ("SALE", "Đã bán", "Sale made"),
    ("NI", "Không quan tâm", "Not interested"),
    ("NP", "Chưa giới thiệu", "No pitch, no price"),
    ("DEC", "Từ chối mua", "Declined sale"),
    ("DNC", "Không gọi lại", "Do not call"),
    ("XFER", "Đã chuyển máy", "Call transferred"),
    ("CALLBK", "Hẹn gọi lại", "Call back"),
    ("CBHOLD", "Giữ hẹn gọi lại", "Call back on hold"),
    ("PU", "Đã nhấc máy", "Call picked up"),
    ("PM", "Đã phát lời nhắn", "Played message"),
    ("RQXFER", "Xếp hàng lại", "Re-queued"),
    ("SVYEXT", "Khảo sát: chuyển máy lẻ", "Survey sent to extension"),
    ("SVYREC", "Khảo sát: ghi âm", "Survey sent to recording"),
    ("SVYVM", "Khảo sát: hộp thư", "Survey sent to voicemail"),
    ("SVYHU", "Khảo sát: gác máy", "Survey hung up"),
    ("SVYCLM", "Khảo sát: trình đơn", "Survey sent to call menu"),
    ("IVRXFR", "Chuyển trình đơn thoại", "Dropped to call menu"),
    ("QCFAIL", "Không đạt kiểm tra, gọi lại", "Quality check failed, call back"),
    ("DAIR", "Máy im lặng", "Dead air"),
    ("ADAIR", "Máy im lặng (tự động)", "Dead air, automatic"),
    ("DROP", "Không có tổng đài viên", "Agent not available"),
    ("XDROP", "Không có tổng đài viên (gọi vào)", "Agent not available, inbound"),
    ("PDROP", "Rớt trước khi định tuyến", "Dropped before routing"),
    ("TIMEOT", "Hết giờ chờ", "Queue timeout"),
    ("AFTHRS", "Ngoài giờ", "After hours"),
    ("NANQUE", "Không có ai trong hàng đợi", "No agent, no queue"),
    ("IQNANQ", "Hàng đợi không còn ai", "In queue, no agent"),
    ("MAXCAL", "Quá số cuộc gọi", "Too many calls"),
];

/// The other statuses.
const OTHERS: [(&str, LegOutcome); 20] = [
    ("A", LegOutcome::Machine),
    ("AA", LegOutcome::Machine),
    ("AM", LegOutcome::Machine),
    ("AL", LegOutcome::Machine),
    ("AFAX", LegOutcome::Machine),
    ("B", LegOutcome::Busy),
    ("AB", LegOutcome::Busy),
    (NO_ANSWER_BY_AGENT, LegOutcome::NoAnswer),
    (NO_ANSWER_AUTO, LegOutcome::NoAnswer),
    ("DC", LegOutcome::LineFault),
    ("ADC", LegOutcome::LineFault),
    ("ADCT", LegOutcome::LineFault),
    ("LRERR", LegOutcome::LineFault),
    ("NEW", LegOutcome::LeftOut),
    ("QUEUE", LegOutcome::LeftOut),
    ("INCALL", LegOutcome::LeftOut),
    ("DNCL", LegOutcome::LeftOut),
    ("DNCC", LegOutcome::LeftOut),
    ("MLINAT", LegOutcome::LeftOut),
    ("LSMERG", LegOutcome::LeftOut),
];

/// What the dialler gives to calls that nobody answered, and to numbers that are disconnected or congested.
const NO_ANSWER_AUTO: &str = "NA";
/// What an agent says of a call that nobody answered; the carrier may know why.
const NO_ANSWER_BY_AGENT: &str = "N";

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatusMeaning {
    pub(crate) outcome: LegOutcome,
    /// It may as well mean a number that is disconnected, and nothing in the row tells.
    pub(crate) is_vague: bool,
}

/// The meaning of a status, with the carrier's cause and the dial status where the export has them.
pub(crate) fn meaning(status: &str, hangup_cause: &str, dial_status: &str) -> StatusMeaning {
    let sure = |outcome| StatusMeaning { outcome, is_vague: false };
    if ANSWERED.iter().any(|(known, _, _)| *known == status) {
        return sure(LegOutcome::Answered);
    }
    // HUC34: hung up with cause 34.
    if let Some(code) = status.strip_prefix("HUC").and_then(|cause| unanswered(None, cause, false)) {
        return sure(LegOutcome::of_code(code));
    }
    if status == NO_ANSWER_AUTO || status == NO_ANSWER_BY_AGENT {
        let by_cause = unanswered(None, hangup_cause, false).map(LegOutcome::of_code);
        let by_dial = LegOutcome::of_dial_status(dial_status);
        let known = by_cause.or(by_dial);
        return StatusMeaning {
            outcome: known.unwrap_or(LegOutcome::NoAnswer),
            is_vague: known.is_none() && status == NO_ANSWER_AUTO,
        };
    }
    sure(OTHERS.iter().find(|(known, _)| *known == status).map_or(LegOutcome::Unknown, |(_, outcome)| *outcome))
}

/// See `Format::own_codes`.
pub(crate) fn own_codes() -> Vec<ResultCode> {
    let mut labels = ANSWERED.to_vec();
    labels.push(MACHINE_LABELS);
    codes_of(&labels)
}
