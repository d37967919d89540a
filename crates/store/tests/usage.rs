//! Usage is recounted here call by call and compared with what the store reports: a month is the sum of its days, of its
//! voicebots and of its campaigns, whatever its zone.

mod support;

use domain::{
    CallClass, CallRecord, DateRange, Day, Money, Period, Timestamp, Usage, UsageDays, UsageQuery, Voicebot,
    against::Against, time::Zone, usage::UsageFigures,
};
use store::{Db, Scope};
use support::{Call, NOW, both_engines, call, campaign, send, shop_in};

const ZONES: [&str; 3] = ["Asia/Ho_Chi_Minh", "Asia/Kathmandu", "America/New_York"];
const HOUR: i64 = 3_600_000;

/// Two further voicebots, one of them without calls; `camp-1` is called by the first of them.
async fn three_bots(db: &Db, zone: &str) -> Scope {
    let scope = shop_in(db, zone, zone).await;
    let mut conn = db.write().await.unwrap();
    for id in ["bot-2", "bot-idle"] {
        let voicebot = Voicebot { id: id.parse().unwrap(), name: id.to_owned() };
        store::voicebots::put(&mut conn, &scope, &voicebot).await.unwrap();
    }
    let mut other = campaign("camp-1", "Ưu đãi Tết");
    other.voicebot = "bot-2".parse().unwrap();
    store::campaigns::put(&mut conn, &scope, &other, NOW).await.unwrap();
    conn.commit().await.unwrap();
    scope
}

/// A call every seven hours of 2026 up to the 22nd of November, in any zone on both sides of midnights, of month ends and
/// of clock changes; of all classes, some in progress, some with unknown messages.
fn calls() -> Vec<Call> {
    let start: Timestamp = "2026-01-01T00:20:00Z".parse().unwrap();
    let mut calls = Vec::new();
    for n in 0..1_100_i64 {
        let at = Timestamp(start.0 + n * 7 * HOUR);
        let id = format!("c-{n}");
        let one = call(&id).of(if n % 3 == 0 { "camp-1" } else { "camp-0" }).at(at);
        let one = match n % 7 {
            0 => one.in_progress(),
            1 => one.code("BS"),
            2 => one.code("CU"),
            3 => one,
            _ => one.talked(1_000 + n * 37 % 90_000),
        };
        calls.push(one.with(|record| {
            record.bot_messages = (n % 5 != 0).then_some((n % 11) as u32);
            // A campaign's calls may be made by another voicebot than its own.
            record.voicebot = (n % 13 == 0).then(|| "bot-2".parse().unwrap());
        }));
    }
    calls
}

/// What one call adds, by plain arithmetic: 10 đồng for 6 s, then 2.5 for each second begun.
fn figures<'a>(records: impl IntoIterator<Item = &'a CallRecord>) -> UsageFigures {
    let mut sums = UsageFigures { bot_messages: None, ..UsageFigures::default() };
    for record in records {
        let Some(code) = &record.result_code else { continue };
        sums.calls += 1;
        if let Some(messages) = record.bot_messages {
            sums.bot_messages = Some(sums.bot_messages.unwrap_or(0) + i64::from(messages));
        }
        if CallClass::unless_changed(code.as_str()) != CallClass::Success {
            continue;
        }
        let (answered, ended) = (record.answered_at.unwrap().0, record.ended_at.unwrap().0);
        let talk = ended - answered;
        sums.dial_time += answered - record.dialed_at.0;
        sums.talk_time += talk;
        let further = (talk - 6_000).max(0).div_euclid(1_000) + i64::from((talk - 6_000).max(0) % 1_000 > 0);
        sums.sessions += 1 + further;
        sums.cost += Money(10_000_000 + further * 2_500_000);
    }
    if sums.calls == 0 { UsageFigures::default() } else { sums }
}

fn bot_of(record: &CallRecord) -> &str {
    let own = if record.campaign.as_str() == "camp-1" { "bot-2" } else { "bot" };
    record.voicebot.as_ref().map_or(own, domain::VoicebotId::as_str)
}

fn sum(figures: impl IntoIterator<Item = UsageFigures>) -> UsageFigures {
    let mut all = UsageFigures::default();
    let (mut known, mut calls) = (false, false);
    for one in figures {
        calls |= one.calls > 0;
        known |= one.calls > 0 && one.bot_messages.is_some();
        all.sessions += one.sessions;
        all.calls += one.calls;
        all.dial_time += one.dial_time;
        all.talk_time += one.talk_time;
        all.cost += one.cost;
        all.bot_messages = Some(all.bot_messages.unwrap_or(0) + one.bot_messages.unwrap_or(0));
    }
    if calls && !known { UsageFigures { bot_messages: None, ..all } } else { all }
}

async fn read(db: &Db, scope: &Scope, days: UsageDays, voicebot: Option<&str>) -> Option<Usage> {
    against(db, scope, days, voicebot, Against::Previous).await
}

async fn against(db: &Db, scope: &Scope, days: UsageDays, voicebot: Option<&str>, against: Against) -> Option<Usage> {
    let query = UsageQuery { days, voicebot: voicebot.map(|id| id.parse().unwrap()), against };
    let mut conn = db.read().await.unwrap();
    store::usage::read(&mut conn, scope, &query, NOW).await.unwrap()
}

fn range(from: &str, to: &str) -> UsageDays {
    let range = DateRange::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
    UsageDays::Period(Period::Custom(range))
}

/// Everything that is said of a range, against the records.
fn check(usage: &Usage, records: &[CallRecord], zone: Zone, voicebot: Option<&str>) {
    let day = |record: &CallRecord| zone.local(record.dialed_at).day();
    let of = |range: DateRange, test: &dyn Fn(&CallRecord) -> bool| {
        let mine = |record: &&CallRecord| voicebot.is_none_or(|only| bot_of(record) == only);
        figures(records.iter().filter(mine).filter(|record| range.contains(day(record)) && test(record)))
    };
    let asked = format!("{} … {} {voicebot:?} in {}", usage.from, usage.to, zone.name());
    let everything = of(usage.days(), &|_| true);
    assert_eq!(usage.total, everything, "{asked}");
    assert_eq!(usage.previous.figures, of(usage.previous_days(), &|_| true), "{asked}");
    assert_eq!(sum(usage.trend.iter().map(|point| point.figures)), everything, "the trend of {asked}");
    assert_eq!(sum(usage.voicebots.iter().map(|bot| bot.figures)), everything, "the voicebots of {asked}");
    assert_eq!(sum(usage.by_campaign.iter().map(|one| one.figures)), everything, "the campaigns of {asked}");
    for bot in &usage.voicebots {
        let id = bot.id.as_str();
        assert_eq!(bot.figures, of(usage.days(), &|record| bot_of(record) == id), "{id} of {asked}");
        assert_eq!(bot.previous, of(usage.previous_days(), &|record| bot_of(record) == id), "{id} before {asked}");
    }
    for one in &usage.by_campaign {
        assert_eq!(one.figures, of(usage.days(), &|record| record.campaign == one.id), "{} of {asked}", one.id);
        assert!(one.figures.calls > 0, "{} did nothing in {asked}", one.id);
    }
    for point in &usage.trend {
        let within = |record: &CallRecord| day(record).to_string().starts_with(&point.at);
        assert_eq!(point.figures, of(usage.days(), &within), "{} of {asked}", point.at);
    }
    assert_eq!(sum(usage.months.iter().map(|one| one.figures)), everything, "the months of {asked}");
    let (first, last) = (usage.months.first().unwrap(), usage.months.last().unwrap());
    assert_eq!((first.from, last.to), (usage.from, usage.to), "the months of {asked}");
    for one in &usage.months {
        assert_eq!(one.figures, of(DateRange { from: one.from, to: one.to }, &|_| true), "{} of {asked}", one.month);
    }
    for (n, month) in usage.by_month.iter().enumerate() {
        assert_eq!(month.figures, of(month.month.days(), &|_| true), "{} beside {asked}", month.month);
        let sessions: i64 = usage.voicebots.iter().map(|bot| bot.sessions_by_month[n]).sum();
        assert_eq!(sessions, month.figures.sessions, "{} beside {asked}", month.month);
    }
}

both_engines! {
    async fn a_month_is_the_sum_of_its_days_voicebots_and_campaigns(db) {
        for name in ZONES {
            let scope = three_bots(&db, name).await;
            let records: Vec<CallRecord> = calls().into_iter().map(Call::record).collect();
            send(&db, &scope, calls()).await;
            let zone = Zone::new(name).unwrap();
            for days in [
                UsageDays::LatestMonth,
                UsageDays::Period(Period::Whole),
                UsageDays::Period(Period::Last30Days),
                UsageDays::Month("2026-10".parse().unwrap()),
                // New York's days of 23 and of 25 hours, and the month that begins with the latter.
                range("2026-03-08", "2026-03-08"),
                range("2026-11-01", "2026-11-01"),
                UsageDays::Month("2026-11".parse().unwrap()),
                // Whole months, months with days around them, and more than 92 days.
                range("2026-02-01", "2026-03-31"),
                range("2026-01-17", "2026-04-02"),
                range("2025-12-30", "2026-11-22"),
                range("2019-01-01", "2019-01-02"),
            ] {
                for voicebot in [None, Some("bot"), Some("bot-2"), Some("bot-idle")] {
                    let usage = read(&db, &scope, days, voicebot).await.unwrap();
                    check(&usage, &records, zone, voicebot);
                    assert_eq!(usage.voicebots.len(), if voicebot.is_some() { 1 } else { 3 });
                }
                // Fewer days and more, and some that are among those that were asked for.
                let others = [("2026-10-25", "2026-10-25"), ("2025-12-01", "2026-10-31"), ("2026-11-01", "2026-11-02")];
                let others = others.map(|(from, to)| Against::Days(DateRange::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()));
                for other in others.into_iter().chain([Against::SameWeekdays]) {
                    let usage = against(&db, &scope, days, None, other).await.unwrap();
                    check(&usage, &records, zone, None);
                    match other {
                        Against::Days(days) => assert_eq!(usage.previous_days(), days),
                        _ => assert_eq!((usage.previous.from.0 - usage.from.0) % 7, 0),
                    }
                }
            }
        }
    }

    async fn usage_follows_corrections_and_is_recounted(db) {
        let scope = three_bots(&db, "Asia/Kathmandu").await;
        let zone = Zone::new("Asia/Kathmandu").unwrap();
        send(&db, &scope, calls()).await;
        // Every third call is corrected: to another day, another campaign, another voicebot, or back to in progress.
        let corrected = |n: usize, one: Call| match n % 9 {
            0 => one.later(-40 * 24 * HOUR),
            3 => one.of("camp-0").with(|record| record.voicebot = Some("bot-idle".parse().unwrap())),
            6 => one.in_progress(),
            _ => one,
        };
        let all: Vec<Call> = calls().into_iter().enumerate().map(|(n, one)| corrected(n, one)).collect();
        let records: Vec<CallRecord> = all.iter().cloned().map(Call::record).collect();
        send(&db, &scope, all).await;
        for days in [UsageDays::Month("2026-05".parse().unwrap()), range("2026-01-01", "2027-01-31")] {
            let usage = read(&db, &scope, days, None).await.unwrap();
            check(&usage, &records, zone, None);
        }
        let mut conn = db.read().await.unwrap();
        assert_eq!(store::verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
    }

    async fn what_is_not_there_is_said(db) {
        let scope = shop_in(&db, "empty", "Asia/Ho_Chi_Minh").await;
        assert_eq!(read(&db, &scope, UsageDays::LatestMonth, Some("nobody")).await, None);
        let usage = read(&db, &scope, UsageDays::LatestMonth, None).await.unwrap();
        // Without calls it is this month.
        assert_eq!(usage.from, "2026-11-01".parse::<Day>().unwrap());
        assert_eq!(usage.total, UsageFigures::default());
        assert_eq!((usage.voicebots.len(), usage.trend.len(), usage.by_month.len()), (1, 30, 12));
        // Known of none of the calls: neither 0 nor left out silently.
        send(&db, &scope, vec![call("c-1")]).await;
        let usage = read(&db, &scope, UsageDays::LatestMonth, None).await.unwrap();
        assert_eq!((usage.total.calls, usage.total.bot_messages), (1, None));
        let other = shop_in(&db, "other", "Asia/Ho_Chi_Minh").await;
        assert_eq!(read(&db, &other, UsageDays::LatestMonth, None).await.unwrap().total.calls, 0);
    }
}
