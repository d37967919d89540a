//! Usage as one CSV: each line is a total, a voicebot, a campaign, a day or a month, and says which. UTF-8 with a
//! byte-order mark; the figures are those of the page, none is rounded but durations for people, to the second.

use domain::{Language, Usage, usage::UsageFigures};

/// The columns: the field, its Vietnamese and its English name.
const COLUMNS: [(&str, &str, &str); 9] = [
    ("kind", "Loại", "Kind"),
    ("id", "Mã", "Id"),
    ("name", "Tên", "Name"),
    ("sessions", "Phiên làm việc", "Sessions"),
    ("bot_messages", "Tin nhắn", "Messages"),
    ("calls", "Tổng số cuộc gọi", "Total calls"),
    ("dial_time", "Thời lượng quay số", "Dial time"),
    ("talk_time", "Thời lượng nghe máy", "Talk time"),
    ("cost", "Chi phí", "Cost"),
];

/// The words of the first column.
const KINDS: [(&str, &str, &str); 7] = [
    ("total", "Tổng", "Total"),
    ("previous", "Kỳ so sánh", "Compared period"),
    ("voicebot", "Voicebot", "Voicebot"),
    ("campaign", "Chiến dịch", "Campaign"),
    ("trend", "Theo thời gian", "Over time"),
    ("month", "Tháng", "Month"),
    ("month_of_period", "Tháng trong kỳ", "Month of the period"),
];

fn word(of: (&'static str, &'static str, &'static str), language: Option<Language>) -> &'static str {
    match language {
        None => of.0,
        Some(Language::Vi) => of.1,
        Some(Language::En) => of.2,
    }
}

/// The file; for programs where no language is given.
pub fn write(usage: &Usage, language: Option<Language>) -> Vec<u8> {
    let mut writer = super::csv_list::lines("\u{feff}".into());
    let _ = writer.write_record(COLUMNS.map(|column| word(column, language)));
    let duration = |ms: i64| if language.is_some() { super::call_csv::hours(ms) } else { ms.to_string() };
    let mut line = |kind: usize, id: &str, name: &str, figures: &UsageFigures| {
        let _ = writer.write_record([
            word(KINDS[kind], language),
            &super::call_csv::harmless(id),
            &super::call_csv::harmless(name),
            &figures.sessions.to_string(),
            &figures.bot_messages.map(|n| n.to_string()).unwrap_or_default(),
            &figures.calls.to_string(),
            &duration(figures.dial_time),
            &duration(figures.talk_time),
            &figures.cost.to_string(),
        ]);
    };
    let days = |from: domain::Day, to: domain::Day| format!("{from}/{to}");
    line(0, &days(usage.from, usage.to), "", &usage.total);
    line(1, &days(usage.previous.from, usage.previous.to), "", &usage.previous.figures);
    for bot in &usage.voicebots {
        line(2, bot.id.as_str(), &bot.name, &bot.figures);
    }
    for campaign in &usage.by_campaign {
        line(3, campaign.id.as_str(), &campaign.name, &campaign.figures);
    }
    for point in &usage.trend {
        line(4, &point.at, "", &point.figures);
    }
    for month in &usage.by_month {
        line(5, &month.month.to_string(), "", &month.figures);
    }
    for month in &usage.months {
        line(6, &month.month.to_string(), &days(month.from, month.to), &month.figures);
    }
    writer.into_inner().unwrap_or_default()
}
