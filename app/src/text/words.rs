//! The words that were agreed on, and the like of those that were wrong, in every message of this crate.

use std::{fs, path::Path};

use domain::{
    Currency, Language, Money, Period,
    filter::CustomerStanding,
    format::{money, short_duration},
};

use crate::Text;

/// What is called something else, and how: one thing has one name.
const NAMES: [(&str, &str); 12] = [
    ("máy chủ thư", "máy chủ email"),
    ("máy chủ mail", "máy chủ email"),
    ("thư điện tử", "email"),
    ("Xem thư", "Xem email"),
    ("bỏ qua thư", "bỏ qua email"),
    ("ưa định nghĩa", "chưa khai báo"),
    ("e-mail address\"", "email address"),
    ("Undefined code", "Undeclared code"),
    ("xem thử", "xem trước"),
    ("oàn thời gian", "toàn bộ"),
    ("hưa liên hệ được", "đã gọi, chưa tiếp cận"),
    ("hưa gặp được", "đã gọi, chưa tiếp cận"),
];

/// The messages of a source, in both languages, each with its name.
fn messages(source: &str) -> Vec<(&str, [&str; 2])> {
    source.lines().filter_map(message).collect()
}

/// The message of a line, if it has one.
fn message(line: &str) -> Option<(&str, [&str; 2])> {
    let (name, rest) = line.trim().split_once(" = \"")?;
    let (vi, en) = rest.strip_suffix("\";")?.split_once("\", \"")?;
    name.starts_with(|c: char| c.is_ascii_lowercase()).then_some((name, [vi, en]))
}

fn sources(folder: &Path, into: &mut Vec<(String, String)>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("text/words.rs") {
            into.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Whether each sentence begins with a capital, a number, a quote or a name that is put in. What is no sentence (a label, a unit)
/// may begin as it likes.
fn begins_well(text: &str) -> bool {
    let ends = |text: &str| text.ends_with(['.', '?', '!']) && !text.ends_with("…");
    let first = |text: &str| text.chars().next().is_none_or(|c| !c.is_lowercase());
    let sentences = text.split_inclusive(". ").map(str::trim);
    let mut sentences = sentences.filter(|sentence| ends(sentence) || text.contains(". "));
    sentences.all(first)
}

#[test]
fn every_sentence_begins_with_a_capital_and_a_thing_has_one_name() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let (mut wrong, mut read) = (Vec::new(), 0);
    for (file, source) in &all {
        for (name, texts) in messages(source) {
            read += 1;
            for text in texts {
                if !begins_well(text) {
                    wrong.push(format!("{file}: {name} begins a sentence without a capital: {text}"));
                }
            }
        }
        for (line, text) in source.lines().enumerate() {
            for (other, name) in NAMES {
                if text.contains(other) && !text.trim_start().starts_with("//") {
                    wrong.push(format!("{file}:{}: say “{name}”, and not “{other}”: {}", line + 1, text.trim()));
                }
            }
        }
    }
    assert!(read > 1_400, "only {read} messages were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_begins_small_is_found() {
    assert!(begins_well("Một. Hai {n}. “Ba” là ba? 4 là bốn.") && begins_well("đã gửi") && begins_well("{n} dòng."));
    assert!(!begins_well("đã gửi.") && !begins_well("Đã gửi. đã nhận."));
}

#[test]
fn the_words_are_those_that_were_agreed_on() {
    let (vi, plain) = (Text(Language::Vi), |text: String| text.replace('\u{a0}', " "));
    assert_eq!(vi.month_named("10/2026"), "Tháng 10/2026");
    assert!(vi.rule_histogram().contains("Đường nét đứt"));
    assert_eq!(vi.change_from("0"), "kỳ trước: 0");
    assert_eq!(vi.mail_preview(), "Gửi bản xem trước cho tôi");
    assert!(vi.mail_unset().contains("máy chủ email"));
    assert_eq!(vi.mail_view(), "Xem email");
    assert!(vi.session_over().starts_with("Phiên đăng nhập đã hết hạn"));
    assert_eq!(plain(short_duration(10_925_000, Language::Vi)), "3 giờ 2 phút 5 giây");
    assert_eq!(plain(money(Money(0), &Currency::vnd(), Language::Vi)), "0 ₫");
    assert_eq!(vi.standing(CustomerStanding::Tried), vi.tried());
    assert_eq!(vi.period(Period::Whole, vi.all_time()), "Toàn bộ");
}
