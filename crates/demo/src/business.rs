//! The demo account: its voicebots, result codes and prices.

use domain::{
    Account, CallClass, Code, Country, Currency, Day, Language, Money, Plan, ResultCode, Tariff, Timestamp, Vat,
    Voicebot, VoicebotId,
    histogram::ShortCall,
    plan::{Redial, Window},
    time::Zone,
};

use crate::{hours, kind::CampaignKind};

/// The account. Its number is the database's to give.
pub fn account() -> Account {
    Account {
        id: 0,
        name: "An Tâm".to_owned(),
        registered: "An Tâm".to_owned(),
        zone: Zone::HO_CHI_MINH,
        currency: Currency::vnd(),
        language: Language::Vi,
        country: Country::VIETNAM,
        short_call: ShortCall::default(),
        pricing_again: false,
        without_price: false,
    }
}

/// One voicebot for each kind of campaign.
pub fn voicebots() -> Vec<Voicebot> {
    CampaignKind::ALL.into_iter().filter_map(voicebot).collect()
}

/// The voicebot of a kind; there always is one (a test counts them): the ids are constants that keep the rules.
pub fn voicebot(kind: CampaignKind) -> Option<Voicebot> {
    Some(Voicebot { id: VoicebotId::new(kind.voicebot_id()).ok()?, name: kind.voicebot_name().to_owned() })
}

/// A code that the senders use and nobody has defined.
pub const UNDEFINED_CODE: &str = "K9";

/// Code, Vietnamese label, English label, goal.
const CODES: [(&str, &str, &str, bool); 14] = [
    ("DY", "Đồng ý", "Agreed", true),
    ("XN", "Xác nhận lịch hẹn", "Appointment confirmed", true),
    ("KS", "Hoàn tất khảo sát", "Survey completed", true),
    ("QT", "Quan tâm, nhận tư vấn", "Interested", true),
    ("XT", "Xác nhận thông tin", "Details confirmed", true),
    ("DT", "Đã đóng phí trước đó", "Already paid", false),
    ("DL", "Đổi lịch hẹn", "Wants another time", false),
    ("HL", "Hẹn gọi lại", "Call back later", false),
    ("TC", "Từ chối", "Refused", false),
    ("TV", "Chuyển tư vấn viên", "Passed to an adviser", false),
    ("PH", "Phản ánh cần xử lý", "Complaint to follow up", false),
    ("CM", "Cúp máy giữa chừng", "Hung up midway", false),
    ("SN", "Sai người nghe", "Wrong person", false),
    ("KN", "Khách không nói", "Customer silent", false),
];

/// The account's own result codes; the three of the system have their labels already.
pub fn result_codes() -> Vec<ResultCode> {
    let defined = CODES.into_iter().filter_map(|(code, label_vi, label_en, is_goal)| {
        Some(ResultCode {
            code: Code::new(code).ok()?,
            label_vi: label_vi.to_owned(),
            label_en: label_en.to_owned(),
            color: None,
            is_goal,
            counts_as: CallClass::Success,
        })
    });
    defined.collect()
}

/// The account's default prices: 30+30 at 300 ₫ a block, and 320 ₫ from the first day of the third month before `today`.
pub fn tariffs(today: Day) -> Vec<Tariff> {
    let month = |back: usize| (0..back).fold(today.month_start(), |day, _| day.plus(-1).month_start());
    let price = |units, from: Day| tariff((30, 30), units, hours::instant(from, 0));
    vec![price(300, month(12)), price(320, month(3))]
}

/// Calls of the running campaign that go on at once, at most: one begins every second or three, and some last minutes.
const CALLS_AT_ONCE: u32 = 100;
/// As long as the longest that were observed.
const LONGEST_CALL_SECONDS: u32 = 3_600;

/// What a campaign was set to do that begins on a day: two weeks in the calling hours, and who does not answer is called again.
pub fn intended(first_day: Day) -> Plan {
    let hour = |hour: i64| format!("{hour:02}:00").parse().ok();
    let window = hour(hours::OPENING).zip(hour(hours::CLOSING)).map(|(from, to)| Window { from, to });
    let redial = |code: &str, times, pause_minutes| Some(Redial { code: Code::new(code).ok()?, times, pause_minutes });
    Plan {
        first_day: Some(first_day),
        last_day: Some(first_day.plus(13)),
        windows: window.into_iter().collect(),
        calls_at_once: Some(CALLS_AT_ONCE),
        longest_call_seconds: Some(LONGEST_CALL_SECONDS),
        redials: [redial("NA", 3, 60), redial("BS", 3, 15)].into_iter().flatten().collect(),
    }
}

/// Prices of a campaign that is charged every six seconds.
pub fn six_second_tariff(effective_from: Timestamp) -> Tariff {
    tariff((6, 6), 68, effective_from)
}

fn tariff((first, next): (u32, u32), units: i64, effective_from: Timestamp) -> Tariff {
    Tariff {
        first_block_seconds: first,
        next_block_seconds: next,
        price_first_block: Money::units(units),
        price_next_block: Money::units(units),
        currency: Currency::vnd(),
        effective_from,
        vat: Some(Vat::Excluded),
    }
}
