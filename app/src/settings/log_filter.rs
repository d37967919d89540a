//! The filter of a list that somebody took as a file, in words: the log keeps it as it stood in the address.

use domain::{CallClass, Day, HangupBy, format, time::Period};

use crate::{Text, text::messages};

messages! {
    filter_none = "–", "–";
    filter_period = "Khoảng thời gian", "Period";
    filter_to = "Đến ngày", "Up to";
    filter_state = "Tình trạng", "State";
    filter_standing = "Khách hàng", "Customers";
    filter_campaign = "Chiến dịch", "Campaign";
    filter_month = "Tháng", "Month";
    filter_sort = "Sắp xếp", "Sorted by";
    filter_number_of_calls = "Số cuộc gọi", "Number of calls";
    filter_min_talk = "Đàm thoại từ", "Talk time from";
    filter_max_talk = "Đàm thoại đến", "Talk time up to";
    filter_reached = "Đã tiếp cận khách hàng", "Customer reached";
    filter_talked = "Khách hàng", "Customers";
    filter_yes = "có", "yes";
    filter_no = "không", "no";
}

/// Parameters that choose how a file looks, and not what is in it.
const OF_FORM: [&str; 6] = ["header", "column", "account", "as_of", "format", "language"];

/// What an address asked for: each parameter once, with all its values.
pub(super) fn filter_said(query: &str, text: Text) -> String {
    let mut said: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if value.is_empty() || OF_FORM.contains(&&*name) {
            continue;
        }
        let (label, value) = (label(&name, text).unwrap_or(&name).to_owned(), value_of(&name, &value, text));
        match said.iter_mut().find(|(known, _)| *known == label) {
            Some((_, values)) => values.push(value),
            None => said.push((label, vec![value])),
        }
    }
    let said: Vec<String> = said.into_iter().map(|(label, values)| format!("{label} {}", values.join(", "))).collect();
    if said.is_empty() { text.filter_none().to_owned() } else { said.join(" · ") }
}

fn label(name: &str, text: Text) -> Option<&'static str> {
    Some(match name {
        "q" => text.filter_search(),
        "period" => text.filter_period(),
        "from" => text.filter_from(),
        "to" => text.filter_to(),
        "month" => text.filter_month(),
        "campaign" => text.filter_campaign(),
        "voicebot" => text.voicebot_label(),
        "code" => text.filter_code(),
        "class" => text.filter_status(),
        "state" => text.filter_state(),
        "standing" => text.filter_standing(),
        "attempt" => text.filter_attempt(),
        "hangup_by" => text.filter_hangup(),
        "cause" => text.filter_cause(),
        "own" => text.column_own(),
        "min_talk" => text.filter_min_talk(),
        "max_talk" => text.filter_max_talk(),
        "recorded" => text.filter_recording(),
        "contact" => text.filter_customer(),
        "weekday" => text.filter_weekday(),
        "hour" => text.filter_hour(),
        "reached" => text.filter_reached(),
        "talked" => text.filter_talked(),
        "calls" => text.filter_number_of_calls(),
        "outside_plan" | "beyond_rule" | "newly_reached" => text.filter_calls(),
        "sort" => text.filter_sort(),
        _ => return None,
    })
}

fn value_of(name: &str, value: &str, text: Text) -> String {
    let language = text.language();
    let known = match name {
        "q" => Some(format!("“{value}”")),
        "from" | "to" => value.parse::<Day>().ok().map(|day| format::date(day, language)),
        "period" => Period::from_word(value).map(|period| text.period(period, text.filter_none()).to_owned()),
        "class" if value == "in_progress" => Some(text.in_progress().to_owned()),
        "class" => CallClass::from_word(value).map(|class| text.class(class).to_owned()),
        "hangup_by" => HangupBy::from_word(value).map(|who| text.hangup_by(who).to_owned()),
        "state" => domain::CampaignState::from_word(value).map(|state| text.state(state).to_owned()),
        "standing" => standing(value, text),
        "min_talk" | "max_talk" => value.parse().ok().map(|ms| format::seconds(ms, language)),
        "weekday" => {
            value.parse().ok().filter(|day| (1..=7).contains(day)).map(|day| format::weekday(day, language).to_owned())
        }
        "hour" => value.parse::<u8>().ok().map(|hour| format!("{hour:02}:00–{hour:02}:59")),
        "talked" => Some(text.customers_talked().to_owned()),
        "outside_plan" => Some(text.outside_plan().to_owned()),
        "beyond_rule" => Some(text.beyond_rule().to_owned()),
        "newly_reached" => Some(text.first_success().to_owned()),
        _ => match value {
            "true" => Some(text.filter_yes().to_owned()),
            "false" => Some(text.filter_no().to_owned()),
            _ => None,
        },
    };
    known.unwrap_or_else(|| value.to_owned())
}

fn standing(word: &str, text: Text) -> Option<String> {
    use domain::filter::CustomerStanding::{NeverDialled, Reached, Tried};
    let standing = [Reached, Tried, NeverDialled].into_iter().find(|standing| standing.word() == Some(word));
    standing.map(|standing| text.standing(standing).to_owned())
}

#[cfg(test)]
mod tests {
    use domain::Language;

    use super::*;

    #[test]
    fn a_filter_is_said_in_the_readers_words() {
        for (query, vi, en) in [
            ("", "–", "–"),
            ("header=vi&account=3", "–", "–"),
            ("header=vi&q=G%E1%BB%8Di%20l%E1%BA%A1i", "Tìm “Gọi lại”", "Search “Gọi lại”"),
            ("code=DY&code=NA", "Mã kết quả DY, NA", "Result code DY, NA"),
            (
                "from=2026-11-01&to=2026-11-30&hangup_by=bot&weekday=2&hour=9&recorded=true",
                "Gọi từ ngày 01/11/2026 · Đến ngày 30/11/2026 · Bên gác máy voicebot · Ngày trong tuần T3 · Giờ quay số 09:00–09:59 · Ghi âm có",
                "Called from 1 Nov 2026 · Up to 30 Nov 2026 · Hung up by the voicebot · Weekday Tue · Hour dialled 09:00–09:59 · Recording yes",
            ),
            (
                "standing=reached&min_talk=30000",
                "Khách hàng Đã tiếp cận · Đàm thoại từ 30\u{a0}giây",
                "Customers Reached · Talk time from 30\u{a0}s",
            ),
            ("later=1%202", "later 1 2", "later 1 2"),
        ] {
            assert_eq!(filter_said(query, Text(Language::Vi)), vi);
            assert_eq!(filter_said(query, Text(Language::En)), en);
        }
    }
}
