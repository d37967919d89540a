//! Why records are refused and what readers remark, in the reader's language. The crates that find it say it in English, and so it
//! is stored and answered by the API; pages and reports put it into Vietnamese by a catalogue of messages with holes. What was
//! stored by earlier versions is put, too; what the catalogue has not stays English.

mod vietnamese;

use std::{borrow::Cow, sync::LazyLock};

use domain::Language;
use leptos::prelude::*;

use self::vietnamese::MESSAGES;
use crate::{Text, mapped_fields};

/// What stands for anything in a message.
const HOLE: &str = "{}";
/// What stands between a field and what is said of it.
const BETWEEN: &str = ": ";
/// Places with [`BETWEEN`] that are tried, and messages within each other: more of them are in a sender's text.
const MOST_PLACES: usize = 4;
const MOST_DEPTH: usize = 3;

/// The fields of a call, by their paths in records, as readers know them: in Vietnamese and in English.
const FIELDS: [(&str, &str, &str); 19] = [
    ("id", "Mã cuộc gọi", "Id of the call"),
    ("campaign", "Chiến dịch", "Campaign"),
    ("voicebot", "Voicebot", "Voicebot"),
    ("contact", "Khách hàng", "Customer"),
    ("contact.id", "Mã khách hàng", "Id of the customer"),
    ("contact_id", "Mã khách hàng", "Id of the customer"),
    ("contact.phone", "Số điện thoại", "Phone number"),
    ("phone", "Số điện thoại", "Phone number"),
    ("contact.name", "Tên khách hàng", "Customer's name"),
    ("dialed_at", "Lúc gọi", "Dialled at"),
    ("answered_at", "Lúc nghe máy", "Answered at"),
    ("ended_at", "Lúc kết thúc", "Ended at"),
    ("result_code", "Mã kết quả", "Result code"),
    ("result", "Kết quả", "Result"),
    ("cost", "Chi phí", "Cost"),
    ("recording_url", "Địa chỉ ghi âm", "Address of the recording"),
    ("transcript", "Hội thoại", "Transcript"),
    ("attributes", "Thông tin thêm", "Further data"),
    ("mapping", "Bảng ánh xạ", "Mapping"),
];

/// A message of the catalogue.
struct Message {
    /// The texts before, between and after its holes.
    parts: Vec<&'static str>,
    vietnamese: &'static str,
}

/// The catalogue; what says most by itself comes first, so that `{} in {}` is not taken for what has words of its own.
static CATALOGUE: LazyLock<Vec<Message>> = LazyLock::new(|| {
    let mut messages: Vec<Message> =
        MESSAGES.iter().map(|(en, vi)| Message { parts: en.split(HOLE).collect(), vietnamese: vi }).collect();
    messages
        .sort_by_cached_key(|message| std::cmp::Reverse(message.parts.iter().map(|part| part.len()).sum::<usize>()));
    messages
});

/// A reason or remark in a language.
pub fn in_language(english: &str, language: Language) -> Cow<'_, str> {
    match language {
        Language::Vi => vietnamese(english, 0).map_or(Cow::Borrowed(english), Cow::Owned),
        Language::En => named_in_english(english).map_or(Cow::Borrowed(english), Cow::Owned),
    }
}

/// A message about a field (`field: message`, `field message`) with the field as people call it.
fn named_in_english(english: &str) -> Option<String> {
    let words = |name: &str| FIELDS.iter().find(|(known, ..)| *known == name).map(|(.., words)| words);
    if let Some((name, after)) = english.split_once(BETWEEN)
        && let Some(words) = words(name)
    {
        return Some(format!("{words}{BETWEEN}{after}"));
    }
    // Many a message begins with such a word: it is a field's name where something is said of it.
    let (name, after) = english.split_once(' ')?;
    let says = ["is ", "has ", "must ", "was ", "may ", "needs "].iter().any(|verb| after.starts_with(verb));
    Some(format!("{}{BETWEEN}{after}", words(name).filter(|_| says)?))
}

/// What a reader of TOML says, line by line: those that show a part of what it read stay as they are.
pub fn each_line_in_language(english: &str, language: Language) -> String {
    english.lines().map(|line| in_language(line, language)).collect::<Vec<_>>().join("\n")
}

/// A reason or remark on a page. What the catalogue has not is marked as English, for those who have pages read out.
pub(crate) fn shown(english: &str, text: Text) -> AnyView {
    match in_language(english, text.language()) {
        Cow::Borrowed(english) if text.language() == Language::Vi => {
            view! { <span lang="en">{english.to_owned()}</span> }.into_any()
        }
        said => view! { {said.into_owned()} }.into_any(),
    }
}

/// As [`shown`], where it stands alone: it begins with a capital.
pub(crate) fn sentence(english: &str, text: Text) -> AnyView {
    let capital = |said: &str| {
        let mut chars = said.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    match in_language(english, text.language()) {
        Cow::Borrowed(english) if text.language() == Language::Vi => {
            view! { <span lang="en">{capital(english)}</span> }.into_any()
        }
        said => view! { {capital(&said)} }.into_any(),
    }
}

/// The Vietnamese of a message, of one about a field (`field: message`), or of several about a record (`message; field message`).
/// `depth` is how many messages it stands in.
fn vietnamese(english: &str, depth: usize) -> Option<String> {
    let about_a_field = || {
        english.match_indices(BETWEEN).take(MOST_PLACES).find_map(|(at, between)| {
            let after = &english[at + between.len()..];
            let said = one(after, depth).or_else(|| several(after, depth))?;
            Some(format!("{}: {said}", field(&english[..at])))
        })
    };
    // `field message`, as a reason of one field is written.
    let of_a_field = || {
        let (name, after) = english.split_once(' ')?;
        FIELDS.iter().find(|(known, ..)| *known == name)?;
        Some(format!("{}{BETWEEN}{}", field(name), one(after, depth)?))
    };
    one(english, depth).or_else(about_a_field).or_else(|| several(english, depth)).or_else(of_a_field)
}

/// Of a message alone, or with a value or count (`message: 3`).
fn one(english: &str, depth: usize) -> Option<String> {
    let with_value = || {
        english.match_indices(BETWEEN).take(MOST_PLACES).find_map(|(at, between)| {
            let value = &english[at + between.len()..];
            let is_value = value.starts_with(|c: char| c == '"' || c.is_ascii_digit());
            Some(format!("{}: {value}", whole(&english[..at], depth).filter(|_| is_value)?))
        })
    };
    whole(english, depth).or_else(with_value)
}

fn whole(english: &str, depth: usize) -> Option<String> {
    let (message, holes) = CATALOGUE.iter().find_map(|message| Some((message, message.holes(english)?)))?;
    Some(message.filled(&holes, depth))
}

/// Of all of them or of none: a text that is half English helps nobody.
fn several(english: &str, depth: usize) -> Option<String> {
    let (first, others) = english.split_once("; ")?;
    let mut said = one(first, depth)?;
    for other in others.split("; ") {
        said.push_str("; ");
        if let Some(other) = one(other, depth) {
            said.push_str(&other);
        } else {
            let (name, reason) = other.split_once(' ')?;
            said.extend([field(name), BETWEEN, &one(reason, depth)?]);
        }
    }
    Some(said)
}

/// The fields of a mapping by the names that its page has for them: of `phone = "Số", talk = "Lâu"`, or of `phone` alone.
fn with_named_fields(text: &str) -> String {
    let vietnamese = Text(Language::Vi);
    if let Some(name) = mapped_fields::words(text, vietnamese) {
        return name.to_owned();
    }
    // The name of a column may be anything, so only what a field's name begins with is one.
    let mut said = String::with_capacity(text.len());
    for (nth, part) in text.split(", ").enumerate() {
        if nth > 0 {
            said.push_str(", ");
        }
        let named =
            part.split_once(" = \"").and_then(|(name, _)| Some((name, mapped_fields::words(name, vietnamese)?)));
        match named {
            Some((name, words)) => said.extend([words, &part[name.len()..]]),
            None => said.push_str(part),
        }
    }
    said
}

fn field(path: &str) -> &str {
    FIELDS.iter().find(|(known, ..)| *known == path).map_or(path, |(_, words, _)| words)
}

impl Message {
    /// What stands in its holes, where a text is this message.
    fn holes<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, others) = self.parts.split_first()?;
        let mut rest = text.strip_prefix(first)?;
        let Some((last, between)) = others.split_last() else { return rest.is_empty().then(Vec::new) };
        let mut holes = Vec::with_capacity(others.len());
        for part in between {
            let (hole, after) = rest.split_once(part)?;
            holes.push(hole);
            rest = after;
        }
        holes.push(rest.strip_suffix(last)?);
        Some(holes)
    }

    /// Its Vietnamese with this in its holes.
    fn filled(&self, holes: &[&str], depth: usize) -> String {
        let mut parts = self.vietnamese.split('{');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (nth, part) in parts.enumerate() {
            let (hole, after) = part.split_once('}').unwrap_or_default();
            let is_message = hole.ends_with('!') && depth < MOST_DEPTH;
            let has_fields = hole.ends_with('=');
            let at = hole.trim_end_matches(['!', '=']).parse().unwrap_or(nth);
            let hole = holes.get(at).copied().unwrap_or_default();
            if has_fields {
                text.push_str(&with_named_fields(hole));
                text.push_str(after);
                continue;
            }
            match Some(hole).filter(|_| is_message).and_then(|hole| vietnamese(hole, depth + 1)) {
                Some(hole) => text.push_str(&hole),
                None => text.push_str(hole),
            }
            text.push_str(after);
        }
        text
    }
}

#[cfg(test)]
mod tests;
