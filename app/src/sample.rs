//! A small report whose parts add up, for tests.

use domain::{
    CallClass, CampaignId, Code, Currency, HangupBy, Money, Rate, Report, Timestamp,
    histogram::{self, ShortCall},
    report::{
        AttemptResult, CallCounts, CodeCount, CustomerCounts, Ending, Funnel, HeatCell, Rates, TalkBin, TrendPoint,
    },
};

fn code(code: &str, vi: &str, en: &str, calls: u64) -> CodeCount {
    CodeCount {
        code: Code::new(code).unwrap(),
        label_vi: vi.to_owned(),
        label_en: en.to_owned(),
        class: CallClass::unless_changed(code),
        defined: code != "K9",
        calls,
    }
}

fn point(at: &str, success: u64, failed: u64, error: u64) -> TrendPoint {
    let blocks = success as i64 * 2;
    TrendPoint {
        at: at.to_owned(),
        calls: success + failed + error,
        answered: success,
        success,
        failed,
        error,
        talk_time: success as i64 * 40_000,
        blocks,
        cost: Money::units(blocks * 320),
    }
}

fn ending(hangup_by: Option<HangupBy>, cause: Option<&str>, calls: u64, answered: u64) -> Ending {
    Ending {
        hangup_by,
        cause: cause.map(str::to_owned),
        is_other: false,
        calls,
        answered,
        talk_time: answered as i64 * 40_000,
        average_talk_time: (answered > 0).then_some(40_000),
    }
}

/// 3,000 calls over three days, the second of them empty.
pub fn report() -> Report {
    let attempt = |attempt, success: u64, failed: u64, error: u64, newly_reached| AttemptResult {
        attempt,
        calls: success + failed + error,
        answered: success,
        success,
        failed,
        error,
        newly_reached,
        blocks: success as i64 * 2,
        cost: Money::units(success as i64 * 640),
    };
    let bins = (0..histogram::BINS).map(|bin| {
        let (from, to) = histogram::bounds(bin);
        let calls = match bin {
            1 => 400,
            6 => 700,
            12 => 180,
            24 => 15,
            25 => 5,
            _ => 0,
        };
        TalkBin { from, to, calls }
    });
    let bins: Vec<TalkBin> = bins.collect();
    Report {
        planned: None,
        forecast: None,
        forecast_basis: None,
        campaign: CampaignId::new("tet-2027").unwrap(),
        from: Some("2026-11-09".parse().unwrap()),
        to: Some("2026-11-11".parse().unwrap()),
        timezone: "Asia/Ho_Chi_Minh".to_owned(),
        currency: Currency::vnd(),
        as_of: Timestamp(1_794_650_244_000),
        pricing_again: false,
        calls: CallCounts { total: 3_000, answered: 1_300, success: 1_300, failed: 1_500, error: 200, in_progress: 3 },
        by_code: vec![
            code("DY", "Đồng ý", "Agreed", 900),
            code("TC", "Từ chối", "Refused", 385),
            code("K9", "K9", "K9", 15),
            code("NA", "Không trả lời", "No answer", 1_100),
            code("BS", "Đường truyền bận", "Line busy", 400),
            code("CU", "Lỗi đường truyền", "Line error", 200),
        ],
        recorded: 1_240,
        customers: CustomerCounts { total: 2_000, reached: 1_250, tried: 700, never_dialled: 50 },
        talk_time: 52_000_000,
        average_talk_time: Some(40_000),
        dial_time: 13_000_000,
        ring_time_unanswered: 34_000_000,
        bot_messages: Some(6_500),
        blocks: 2_600,
        cost: Money::units(832_000),
        cost_per_reached: Some(Money(665_600_000)),
        rates: Rates {
            answer_rate: Rate::new(1_300, 3_000),
            network_effectiveness: Rate::new(2_800, 3_000),
            contact_rate: Rate::new(1_250, 2_000),
            goal_rate: Rate::new(900, 1_300),
        },
        duration_classes: ShortCall::Five.classes(&bins),
        talk_time_histogram: bins,
        endings: vec![
            ending(Some(HangupBy::System), Some("19"), 1_100, 0),
            ending(Some(HangupBy::Customer), Some("16"), 800, 800),
            ending(Some(HangupBy::Bot), Some("16"), 450, 450),
            ending(Some(HangupBy::System), Some("USER_BUSY"), 400, 0),
            ending(None, None, 200, 0),
            ending(Some(HangupBy::Agent), Some("DIAL_HANGUP"), 50, 50),
        ],
        own_dimensions: vec![],
        by_attempt: vec![attempt(1, 900, 950, 100, 900), attempt(2, 400, 550, 100, 350)],
        trend: vec![
            point("2026-11-09", 800, 900, 100),
            point("2026-11-10", 0, 0, 0),
            point("2026-11-11", 500, 600, 100),
        ],
        by_hour: vec![],
        heatmap: vec![
            HeatCell { weekday: 1, hour: 9, calls: 1_800, answered: 800, success: 800 },
            HeatCell { weekday: 3, hour: 14, calls: 1_190, answered: 498, success: 498 },
            HeatCell { weekday: 3, hour: 15, calls: 10, answered: 2, success: 2 },
        ],
        funnel: Funnel { customers: 2_000, dialled: 1_950, reached: 1_250, talked_30s: 880, goal: 600 },
    }
}
