//! What the name of a column says: which field it is, and in which unit.

use std::{collections::HashMap, sync::LazyLock};

use domain::search::fold_word;

use super::{
    name_lists::{
        EPOCHS, LINE_CAUSES, NAMES, NO, OBJECTS_BESIDE, OBJECTS_OF_ANYTHING, OF_SYSTEMS, QUESTIONS, SIDES, UNITS, YES,
    },
    zone_names::{ZONES, named_zone},
};
use crate::{
    mapping::Field,
    written::{Unit, named_currency},
};

pub(crate) use super::name_lists::NameSays;

/// Whether a name is among those of a list, which blanks separate.
pub(super) fn is_in(names: &str, key: &str) -> bool {
    names.split_ascii_whitespace().any(|name| name == key)
}

/// Whether a name is that of a field of an object in which senders keep anything beside their calls.
pub(super) fn is_of_anything(name: &str) -> bool {
    let within = name.rsplit_once('.').map(|(within, _)| fold_word(within.rsplit('.').next().unwrap_or_default()));
    within.is_some_and(|within| is_in(OBJECTS_OF_ANYTHING, &within))
}

/// Whether what a name says is of an object that is the customer.
pub(super) fn is_of_customer(name: &str) -> bool {
    let within = name.split('.').rev().skip(1).map(fold_word);
    within.into_iter().any(|within| is_in("customer contact client lead callee khachhang kh recipient to", &within))
}

/// What a name says, and the unit in it (`Thời lượng (giây)`).
pub(crate) fn named(name: &str) -> Option<(NameSays, Option<Unit>)> {
    // What stands after a dot is the name within an object: `customer.number` says more than `number`.
    let (within, last) = name.rsplit_once('.').unwrap_or(("", name));
    let within = fold_word(within.rsplit('.').next().unwrap_or_default());
    // `Start (GMT+9)` is `Start`, in a zone of its own.
    let zoneless = named_zone(name).map(|zone| fold_word(&zone.rest));
    // `Duration of talk (s)` is `talk duration (s)`.
    let turned = name.split_once(" of ").map(|(what, whose)| {
        let (whose, unit) = whose.split_once('(').unwrap_or((whose, ""));
        fold_word(&format!("{whose} {what} {unit}"))
    });
    // `status.name` is the status; the name, number and state of an agent are not the customer's.
    let is_words = is_in("name label text title description", &fold_word(last));
    let is_of_words = |(says, _): &(NameSays, Option<Unit>)| {
        matches!(says, NameSays::Field(Field::Result | Field::Cause | Field::HangupBy))
    };
    let of_object = || by_key(&within).filter(|named| is_words && is_of_words(named));
    let own = Some(fold_word(last)).filter(|_| !is_in(OBJECTS_BESIDE, &within));
    let of_last = || own.as_deref().and_then(by_key);
    let whole = by_key(&fold_word(name));
    let by_names = || whole.or_else(of_object).or_else(of_last).or_else(|| turned.as_deref().and_then(by_key));
    let of_time = || zoneless.as_deref().and_then(by_key).filter(|(named, _)| is_time(*named));
    // `Ngày gọi (dd/mm/yyyy)`.
    let formatless = || {
        let (rest, format) = name.trim().strip_suffix(')')?.rsplit_once('(')?;
        by_key(&fold_word(rest)).filter(|(named, _)| is_time(*named) && is_format_of_time(format))
    };
    by_names().or_else(of_time).or_else(formatless).or_else(|| {
        let cost = (NameSays::Field(Field::Cost), None);
        // Without its accents it may be the call (`Cuộc gọi`) as well.
        let is_fee = |name: &str| fold_word(name) == "cuocgoi";
        if is_fee(name) {
            return name.to_lowercase().contains("cước").then_some(cost);
        }
        let (rest, _) = named_currency(name)?;
        let is_cost = is_fee(rest) || by_key(&fold_word(rest)).is_some_and(|(named, _)| named == cost.0);
        is_cost.then_some(cost)
    })
}

/// Every name of [`NAMES`], since a table of many columns has each row of its head looked up.
static BY_NAME: LazyLock<HashMap<&str, NameSays>> = LazyLock::new(|| {
    let of_list =
        |(says, names): &(NameSays, &'static str)| names.split_ascii_whitespace().zip(std::iter::repeat(*says));
    // The first list counts, as it says most.
    NAMES.iter().rev().flat_map(of_list).collect()
});

fn by_key(key: &str) -> Option<(NameSays, Option<Unit>)> {
    // `Phút đàm thoại`, `Số phút gọi`.
    const FIRST: [&str; 3] = ["sophut", "phut", "minutesof"];
    let exact = |key: &str| BY_NAME.get(key).copied();
    if let Some(named) = exact(key) {
        let is_unit = |end: &str| end.len() > 2 && key == end;
        let ends_with = |end: &str| end.len() > 1 && key.len() > end.len() + 1 && key.ends_with(end);
        let unit = UNITS.iter().find(|(end, _)| is_unit(end) || ends_with(end));
        let first = FIRST.iter().any(|first| key.starts_with(first)).then_some(Unit::Minutes);
        return Some((named, unit.map(|(_, unit)| *unit).or(first).filter(|_| is_length(named))));
    }
    let epoch = EPOCHS.iter().find_map(|end| exact(key.strip_suffix(end)?).filter(|named| is_time(*named)));
    if let Some(named) = epoch {
        return Some((named, None));
    }
    if let Some((end, _)) = ZONES.iter().find(|(end, _)| key.ends_with(end)) {
        return exact(key.strip_suffix(end)?).filter(|named| is_time(*named)).map(|named| (named, None));
    }
    UNITS.iter().find_map(|(end, unit)| {
        let named = exact(key.strip_suffix(end)?).filter(|named| is_length(*named))?;
        Some((named, Some(*unit)))
    })
}

/// Whether a text says how instants are written, and no more: `dd/mm/yyyy hh:mm`, `ngày giờ`, `local`.
fn is_format_of_time(text: &str) -> bool {
    let key = fold_word(text);
    // What has hours and no day may be a length as well.
    let is_of_letters = key.contains('y') && key.contains('d') && key.chars().all(|c| "dmyhs".contains(c));
    is_of_letters || is_in("ngaygio ngaythangnam local localtime 24h giodiaphuong", &key)
}

fn is_time(named: NameSays) -> bool {
    let times = [Field::DialedAt, Field::AnsweredAt, Field::EndedAt].map(NameSays::Field);
    named == NameSays::Time || times.contains(&named)
}

fn is_length(named: NameSays) -> bool {
    matches!(named, NameSays::Field(field) if field.is_length())
}

/// Whether a column's name asks whether somebody answered.
pub(crate) fn asks_for_answer(name: &str) -> bool {
    is_in(QUESTIONS, &fold_word(name))
}

/// Whether the causes of lines stand under a name.
pub(crate) fn names_a_line_cause(name: &str) -> bool {
    is_in(LINE_CAUSES, &fold_word(name))
}

/// Whether any reasons for the end of a call stand under a name.
pub(crate) fn names_a_cause(name: &str) -> bool {
    named(name).is_some_and(|(says, _)| says == NameSays::Field(Field::Cause))
}

/// What a word answers to such a question.
pub(crate) fn yes_or_no(word: &str) -> Option<bool> {
    let key = fold_word(word);
    if is_in(YES, &key) { Some(true) } else { is_in(NO, &key).then_some(false) }
}

/// Whether a word means yes or no, which says something under the name of its column alone.
pub fn is_yes_or_no(word: &str) -> bool {
    yes_or_no(word).is_some()
}

/// Whether a number under this name may be another one than the customer's.
pub(crate) fn is_side(name: &str) -> bool {
    is_in(SIDES, &fold_word(name))
}

/// The unit in any part of a name.
pub(super) fn unit_in(name: &str) -> Option<Unit> {
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(fold_word).collect();
    UNITS.iter().find(|(unit, _)| words.iter().any(|word| word == unit)).map(|(_, unit)| *unit)
}

/// The unit of lengths that a text is, and nothing else: `(phút)`, `giây`, `mm:ss`.
pub(super) fn unit_alone(text: &str) -> Option<Unit> {
    let key = fold_word(text);
    UNITS.iter().find(|(unit, _)| *unit == key).map(|(_, unit)| *unit)
}

/// Whether a name is one that only files of switches and diallers have.
pub(crate) fn is_of_system(name: &str) -> bool {
    is_in(OF_SYSTEMS, &fold_word(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_both_languages_with_and_without_accents() {
        for (name, field) in [
            ("Số điện thoại", Field::Phone),
            ("SĐT", Field::Phone),
            ("so dien thoai", Field::Phone),
            ("Phone Number", Field::Phone),
            ("customer.phone", Field::Phone),
            ("Ngày gọi", Field::DialedAt),
            ("Thời lượng", Field::Total),
            ("Kết quả", Field::Result),
            ("Trạng thái", Field::Result),
            ("Khách hàng", Field::Name),
            ("Ghi âm", Field::RecordingUrl),
            ("Chiến dịch", Field::Campaign),
            ("Bắt máy", Field::Result),
            ("Nghe máy", Field::Result),
            ("Tên khách", Field::Name),
            ("Họ tên khách", Field::Name),
            ("Người nhận", Field::Name),
            ("SĐT liên hệ", Field::Phone),
            ("Di động", Field::Phone),
            ("Số đã gọi", Field::Phone),
            ("TG gọi", Field::DialedAt),
            ("Thời gian gọi ra", Field::DialedAt),
            ("Ngày liên hệ", Field::DialedAt),
            ("Giờ cúp máy", Field::EndedAt),
            ("Thời gian KT", Field::EndedAt),
            ("Giờ bắt máy", Field::AnsweredAt),
            ("TG đàm thoại", Field::Talk),
            ("Thời lượng trả lời", Field::Talk),
            ("TG đổ chuông", Field::Ringing),
            ("Tổng thời gian gọi", Field::Total),
            ("Kết quả liên hệ", Field::Result),
            ("KQ gọi", Field::Result),
            ("Trạng thái KH", Field::Result),
            ("Phản hồi của khách", Field::Result),
            ("Lý do từ chối", Field::Cause),
            ("Ghi chú cuộc gọi", Field::Note),
            ("Nội dung tư vấn", Field::Note),
            ("Ý kiến khách hàng", Field::Note),
            ("Link nghe lại", Field::RecordingUrl),
            ("File ghi âm", Field::RecordingUrl),
            ("Cước phí gọi", Field::Cost),
            ("Cost (VND)", Field::Cost),
            ("Cước gọi (đ)", Field::Cost),
            ("Price USD", Field::Cost),
            ("Mã cuộc gọi", Field::Id),
            ("ID gọi", Field::Id),
            ("Mã KH", Field::ContactId),
            ("Lần gọi thứ", Field::Attempt),
            ("Số lần gọi", Field::Attempt),
            ("Đợt gọi", Field::Campaign),
            ("Kịch bản", Field::Voicebot),
            ("Bên cúp máy", Field::HangupBy),
            ("Văn bản cuộc gọi", Field::Transcript),
            ("Thời gian đàm thoại", Field::Talk),
            ("call_sid", Field::Id),
            ("Duration of talk (s)", Field::Talk),
            ("Date of call", Field::DialedAt),
            ("Action Result", Field::Result),
        ] {
            assert_eq!(named(name).map(|named| named.0), Some(NameSays::Field(field)), "{name}");
        }
        assert_eq!(named("Ngày"), Some((NameSays::Time, None)));
        assert_eq!(named("Start Time (UTC)"), Some((NameSays::Field(Field::DialedAt), None)));
        assert_eq!((named("Hạn thanh toán"), named(""), named("x.y")), (None, None, None));
    }

    #[test]
    fn a_name_may_ask_whether_somebody_answered() {
        assert!(["Bắt máy", "Có nghe máy?", "Answered", "Liên lạc được"].iter().all(|name| asks_for_answer(name)));
        assert!(!["Kết quả", "Giờ bắt máy", ""].iter().any(|name| asks_for_answer(name)));
        let answers = ["Có", "x", "KHÔNG", "Ko", "chưa", "Yes", "0", "bận"].map(yes_or_no);
        let expected = [true, true, false, false, false, true, false].map(Some);
        assert_eq!((&answers[..7], answers[7]), (&expected[..], None));
    }

    #[test]
    fn a_name_may_tell_the_unit() {
        for (name, unit) in [
            ("Thời lượng (giây)", Some(Unit::Seconds)),
            ("duration_ms", Some(Unit::Milliseconds)),
            ("duration_seconds", Some(Unit::Seconds)),
            ("Duration (s)", Some(Unit::Seconds)),
            ("Thời lượng đàm thoại (phút)", Some(Unit::Minutes)),
            ("billsec", Some(Unit::Seconds)),
            ("minutes", Some(Unit::Minutes)),
            ("Billed minutes", Some(Unit::Minutes)),
            ("Số phút", Some(Unit::Minutes)),
            ("duration", None),
        ] {
            assert_eq!(named(name).and_then(|named| named.1), unit, "{name}");
        }
    }

    #[test]
    fn a_name_stands_in_one_list_only() {
        let lists = NAMES.iter().map(|(_, names)| *names).chain([SIDES]);
        let mut all: Vec<&str> = lists.flat_map(str::split_ascii_whitespace).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
