//! The 24 campaigns: what they are about, when they run, whom they call.

use domain::{Campaign, CampaignId, CampaignState, Day, Timestamp};
use rand::RngExt;

use crate::{
    business,
    hours::{self, HOUR_MS},
    kind::CampaignKind,
    people::{self, Callee, PEOPLE},
    random::{mixed, stream},
};

/// How a campaign's calls are spread over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialPace {
    /// Over so many working days; by then nearly every customer was reached or tried three times.
    Days(u32),
    /// The same, but halted before it was done.
    HaltedAt(u32, Timestamp),
    /// One call every few seconds of the calling hours, before the demo's present and ever after.
    Running(Timestamp),
    NotBegun,
}

/// A stretch of time in which most calls fail because of the line.
pub type LineOutage = (Timestamp, Timestamp);

/// A campaign and everything that its calls follow from.
#[derive(Debug, Clone)]
pub struct CampaignPlan {
    /// Its place among the campaigns, oldest first; part of the ids of its calls.
    pub number: usize,
    /// What it is about.
    pub kind: CampaignKind,
    /// The campaign. Whether and when it was completed is known when its calls are.
    pub campaign: Campaign,
    /// When its calls are made.
    pub pace: DialPace,
    /// When the line was down.
    pub outages: Vec<LineOutage>,
    /// Whether some calls carry a code that nobody has defined.
    pub undefined_code: bool,
    /// Whether the sender has priced a few calls itself.
    pub priced_by_sender: bool,
    /// The first working day.
    pub first_day: Day,
    /// Numbers of the people on its list, in the order in which they are dialled.
    pub list: Vec<u32>,
}

impl CampaignPlan {
    /// The customer at a place of the list. A running campaign that has come to the end of its list goes on with people
    /// who are on no list yet.
    pub fn person(&self, seed: u64, position: u32) -> Callee {
        let beyond = |len: usize| PEOPLE + position - len as u32;
        people::person(seed, self.list.get(position as usize).copied().unwrap_or_else(|| beyond(self.list.len())))
    }

    /// Whether the customer at this place is left out: a wrong number, or one that asked not to be called.
    pub fn is_left_out(&self, seed: u64, position: u32) -> bool {
        mixed(seed ^ (self.number as u64) << 32 ^ u64::from(position)).is_multiple_of(250)
    }
}

/// When a campaign begins.
#[derive(Debug, Clone, Copy)]
enum Start {
    /// So far between the first day of the first month and today.
    Part(f64),
    /// So many working days before today.
    WorkingDaysAgo(u32),
    /// So long ago that it has made some thousand calls by now.
    Running,
    /// In a week.
    Scheduled,
}

/// A line of the table below.
struct PlannedCampaign {
    kind: CampaignKind,
    /// `{t}` stands for the month, as in T11.
    title: &'static str,
    slug: &'static str,
    start: Start,
    days: u32,
    customers: usize,
}

const fn row(
    kind: CampaignKind,
    (title, slug): (&'static str, &'static str),
    start: Start,
    days: u32,
    customers: usize,
) -> PlannedCampaign {
    PlannedCampaign { kind, title, slug, start, days, customers }
}

const FEE: (&str, &str) = ("Nhắc hạn đóng phí {t}", "nhac-phi");
const CHECKUP: (&str, &str) = ("Xác nhận lịch khám sức khoẻ {t}", "lich-kham");
const CLAIM: (&str, &str) = ("Khảo sát hài lòng sau bồi thường {t}", "khao-sat");
const NEW_CONTRACT: (&str, &str) = ("Chào mừng khách hàng mới {t}", "chao-mung");

/// A seven-month year of a small insurer. Which one is paused, running, scheduled follows from the last rows' starts.
const ROWS: [PlannedCampaign; 24] = [
    row(CampaignKind::Reminder, FEE, Start::Part(0.005), 5, 1_500),
    row(CampaignKind::Appointment, CHECKUP, Start::Part(0.04), 4, 620),
    row(CampaignKind::Survey, CLAIM, Start::Part(0.07), 4, 900),
    row(CampaignKind::Renewal, ("Mời gia hạn bảo hiểm ô tô", "gia-han-o-to"), Start::Part(0.10), 6, 1_700),
    row(CampaignKind::Reminder, FEE, Start::Part(0.15), 5, 1_600),
    row(CampaignKind::Welcome, NEW_CONTRACT, Start::Part(0.20), 4, 1_000),
    row(CampaignKind::NewPlan, ("Giới thiệu gói Bảo vệ thu nhập", "goi-thu-nhap"), Start::Part(0.24), 7, 1_900),
    row(CampaignKind::Survey, CLAIM, Start::Part(0.29), 5, 1_000),
    row(CampaignKind::Reminder, FEE, Start::Part(0.32), 5, 1_650),
    row(CampaignKind::Appointment, CHECKUP, Start::Part(0.37), 4, 700),
    row(CampaignKind::Renewal, ("Mời gia hạn bảo hiểm nhà ở", "gia-han-nha"), Start::Part(0.41), 6, 1_500),
    row(CampaignKind::Reminder, FEE, Start::Part(0.46), 5, 1_700),
    row(CampaignKind::Welcome, NEW_CONTRACT, Start::Part(0.51), 4, 1_100),
    row(CampaignKind::NewPlan, ("Giới thiệu gói An Tâm toàn diện", "goi-toan-dien"), Start::Part(0.55), 7, 2_000),
    row(CampaignKind::Survey, CLAIM, Start::Part(0.60), 5, 1_050),
    row(CampaignKind::Reminder, FEE, Start::Part(0.64), 5, 1_800),
    row(CampaignKind::Appointment, CHECKUP, Start::Part(0.69), 4, 760),
    row(CampaignKind::Renewal, ("Mời gia hạn bảo hiểm xe máy", "gia-han-xe-may"), Start::Part(0.73), 6, 1_750),
    row(CampaignKind::Reminder, FEE, Start::Part(0.79), 6, 1_850),
    row(CampaignKind::Survey, CLAIM, Start::Part(0.85), 5, 1_100),
    row(CampaignKind::Reminder, FEE, Start::WorkingDaysAgo(11), 5, 2_430),
    row(
        CampaignKind::NewPlan,
        ("Giới thiệu gói Sức khoẻ gia đình", "goi-gia-dinh"),
        Start::WorkingDaysAgo(6),
        8,
        3_000,
    ),
    row(CampaignKind::Reminder, FEE, Start::Running, 0, 12_000),
    row(CampaignKind::Appointment, CHECKUP, Start::Scheduled, 0, 1_280),
];

/// The campaign that was halted; it has prices of its own, too.
const PAUSED: usize = 21;

/// Makes the plans, oldest campaign first.
pub fn plans(seed: u64, now: Timestamp) -> Vec<CampaignPlan> {
    let (today, _) = hours::local(now);
    let mut plans: Vec<CampaignPlan> = Vec::with_capacity(ROWS.len());
    for (number, row) in ROWS.iter().enumerate() {
        let first_day = first_day(row.start, now);
        let month = first_day.date().format("%m").to_string();
        let title = row.title.replace("{t}", &format!("T{month}"));
        let slug = format!("{}-{}", row.slug, first_day.date().format("%y%m"));
        // The second wave of a month; the monthly reminder numbers its first one, too.
        let wave = 1 + plans.iter().filter(|plan| plan.campaign.id.as_str().starts_with(&slug)).count();
        let (title, slug) = match (row.slug, wave) {
            (slug_, 1) if slug_ != FEE.1 => (title, slug),
            _ => (format!("{title} – đợt {wave}"), format!("{slug}-{wave}")),
        };
        // Both ids are made of constants and a date: they keep the rules, and a test counts the campaigns.
        let (Ok(id), Some(voicebot)) = (CampaignId::new(slug), business::voicebot(row.kind)) else { continue };
        let opening = hours::instant(first_day, hours::OPENING * HOUR_MS);
        let (state, pace, started_at) = match row.start {
            Start::Scheduled => (CampaignState::Scheduled, DialPace::NotBegun, None),
            Start::Running => {
                let start = hours::calling_time_before(now, RUNNING_FOR_MS);
                (CampaignState::Running, DialPace::Running(start), Some(start))
            }
            _ if number == PAUSED => {
                let halt = hours::instant(hours::working_day(first_day.plus(2)), 15 * HOUR_MS + 20 * 60_000);
                (CampaignState::Paused, DialPace::HaltedAt(row.days, halt), Some(opening))
            }
            _ => (CampaignState::Completed, DialPace::Days(row.days), Some(opening)),
        };
        let campaign = Campaign {
            id,
            name: title,
            voicebot,
            state,
            started_at,
            completed_at: None,
            report_emails: report_emails(row.kind),
            tariff: (number == PAUSED).then(|| business::six_second_tariff(opening)),
            plan: matches!(row.start, Start::Scheduled | Start::Running).then(|| business::intended(first_day)),
        };
        plans.push(CampaignPlan {
            number,
            kind: row.kind,
            campaign,
            pace,
            outages: outages(seed, number, first_day, started_at, now),
            undefined_code: matches!(number, 8 | 20 | 22),
            priced_by_sender: matches!(number, 10 | 18),
            first_day,
            list: list(seed, number, row.customers),
        });
    }
    debug_assert!(plans.iter().all(|plan| plan.first_day <= today.plus(14)));
    plans
}

/// For how much calling time the running campaign has been at it.
const RUNNING_FOR_MS: i64 = 5 * HOUR_MS + 20 * 60_000;

fn first_day(start: Start, now: Timestamp) -> Day {
    let (today, _) = hours::local(now);
    match start {
        Start::Part(part) => {
            // In the first days of a month there is hardly a call in it yet: seven months end with the one before.
            let this_month = today.plus(-3).month_start();
            let first = (0..6).fold(this_month, |day, _| day.plus(-1).month_start());
            hours::working_day(first.plus((f64::from(today.0 - first.0) * part).round() as i32))
        }
        Start::WorkingDaysAgo(days) => hours::working_days_before(today, days),
        Start::Running => hours::local(hours::calling_time_before(now, RUNNING_FOR_MS)).0,
        Start::Scheduled => hours::working_day(today.plus(7)),
    }
}

/// Reserved names (RFC 2606): no mail can reach anybody.
fn report_emails(kind: CampaignKind) -> Vec<String> {
    let addresses: &[&str] = match kind {
        CampaignKind::Reminder => &["baocao@antam.example", "thuphi@antam.example", "giamdoc@antam.example"],
        CampaignKind::Survey => &["baocao@antam.example", "boithuong@antam.example"],
        _ => &["baocao@antam.example"],
    };
    addresses.iter().map(|address| (*address).to_owned()).collect()
}

/// One or two outages of 12 to 35 minutes within the first three days; those of the running campaign lie behind it.
fn outages(seed: u64, number: usize, first_day: Day, started_at: Option<Timestamp>, now: Timestamp) -> Vec<LineOutage> {
    if started_at.is_none() {
        return Vec::new();
    }
    let mut rng = stream(seed, "outages", number as u64);
    let count = rng.random_range(1..=2);
    let made = (0..count).map(|_| {
        let day = hours::working_day(first_day.plus(rng.random_range(0..3)));
        let from = hours::instant(day, rng.random_range(9 * HOUR_MS..18 * HOUR_MS));
        (from, Timestamp(from.0 + rng.random_range(12..=35) * 60_000))
    });
    let mut outages: Vec<LineOutage> = made.collect();
    if number == ROWS.len() - 2 {
        let from = hours::calling_time_before(now, RUNNING_FOR_MS - HOUR_MS);
        outages = vec![(from, Timestamp(from.0 + 9 * 60_000))];
    }
    outages.retain(|(from, _)| *from < now);
    outages
}

/// The first `customers` of the account's people in an order of the campaign's own.
fn list(seed: u64, number: usize, customers: usize) -> Vec<u32> {
    let mut rng = stream(seed, "list", number as u64);
    let mut people: Vec<u32> = (0..PEOPLE).collect();
    for place in 0..customers.min(people.len()) {
        people.swap(place, rng.random_range(place..PEOPLE as usize));
    }
    people.truncate(customers);
    people
}
