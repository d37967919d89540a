use std::{collections::BTreeSet, fs, path::Path};

use super::*;

/// Where messages for readers are made: folders and files, from the root of the repository.
const SOURCES: [&str; 15] = [
    "crates/cdr/src",
    "crates/audio/src",
    "crates/domain/src/attributes.rs",
    "crates/domain/src/call.rs",
    "crates/domain/src/id.rs",
    "crates/domain/src/money.rs",
    "crates/domain/src/phone.rs",
    "crates/domain/src/result_text.rs",
    "crates/domain/src/time.rs",
    "crates/store/src/ingest.rs",
    "crates/store/src/ingest",
    "crates/store/src/result_words.rs",
    "server/src/importing",
    "server/src/jobs/import_steps.rs",
    "server/src/hooks/reading.rs",
];

/// Files of words that are looked for in files, and of names: they are not said.
const VOCABULARIES: [&str; 7] = [
    "guess/names.rs",
    "guess/name_lists.rs",
    "guess/name_parts.rs",
    "formats/dialler_statuses.rs",
    "importing/named_file.rs",
    "cdr/src/ending.rs",
    "formats/any_table/own.rs",
];

/// Texts of several words that no page shows, and who reads them.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "what databases print below the rows of a table, and why a lint is silenced",
        &[
            "row in set",
            "row selected",
            "rows in set",
            "rows selected",
            "one rule after the other, in the order in which they hold",
        ],
    ),
    (
        "the command says what a file is in a line of its own",
        &[
            "{} ({}): {} rows are {} calls",
            ", {} skipped",
            ", {} repeated rows left out",
            ", {} calls left out (never dialled or still going on)",
            "{} inbound, {} internal and {} voicemail calls",
            ", {} left out",
            ", {} put into {}",
            "; dates read as {} ({})",
            " (from the records)",
            " (the platform's)",
            " (the account's: nothing in the file tells)",
            "; zone {}{}",
            ", {} of {} rows agree",
            "as given",
            "as written",
            "so they agree with the uniqueids",
            "else there are months above 12",
            "so the rows are in order of time",
            "so the rows lie close together",
            "an assumption: nothing in the file tells",
            "stored all the same",
            " (call {})",
        ],
    ),
    (
        "what serde expects, as a part of its own sentence",
        &[
            "an object",
            "an object of texts",
            "a record of FreeSWITCH",
            "a callflow, or an array of them",
            "a column's name, a list of names, or a table of `column` and `unit`",
            "an RFC 3339 instant with offset or integer milliseconds",
        ],
    ),
    (
        "whoever reads the source",
        &[
            "serde passes references",
            "nearly all of them are the large one in the end",
            "nearly all of them are the large one",
            "more fields than bits",
            "recursion limit exceeded",
        ],
    ),
    ("the log says it of a database that is broken", &["attributes of a customer"]),
    ("a name, which the account's language gives", &["Voicebot not known"]),
    (
        "forms and the API's parameters",
        &[
            "is not a date such as 2026-11-04",
            "the range ends before it begins",
            "are more than 500",
            "gives BS, NA or CU another meaning: {}",
            "holds a word without letters and digits: {}",
            "holds a word for a code that is not known: {}; define the code first",
            "holds two spellings of one word: {}",
            "is not a time zone such as Asia/Ho_Chi_Minh",
            "is not a currency code of three capital letters, such as VND",
        ],
    ),
    (
        "the log, or an answer with a reference",
        &[
            "{} of call {}",
            "result code",
            "a word for a result",
            "calls of contact {} of campaign {}, which is not on its list",
            "the database",
            "the disk",
            "the object store",
            "the report cannot be written",
            "the program has a fault; it is said before this",
            "nobody wants it any more",
            "how the file is read, or what was found, cannot be kept as JSON",
            "An import failed and is given up",
        ],
    ),
    (
        "parts of what is put together otherwise",
        &[
            "result, talk, answered_at or transcript",
            "result, talk, answered_at, transcript",
            "from {} {}",
            "# Missing: {}",
            "[turns]width = {}",
            "{{ column = {}, unit = {} }}",
            "duplicate field `",
            " at line ",
            "if not exists",
            "Not defined",
            "sent as audio, not kept",
            "as every format's",
            "was not read",
            "each is a state of its own, and all of them are read byte by byte",
        ],
    ),
    (
        "kinds of recordings, named in English everywhere",
        &["Creative Voice File", "Apple Lossless", "Ogg with Speex", "WAV with {}", "{} with {}"],
    ),
];

/// The texts in a source that may be messages, as the catalogue writes them, without its tests.
fn messages(source: &str) -> BTreeSet<String> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    // The table of formats has their descriptions, for the help of the command.
    let (before, table) = source.split_once("\nformats! {").unwrap_or((source, ""));
    let source = format!("{before}{}", table.split_once("\n}").map_or("", |(_, after)| after));
    let mut found = BTreeSet::new();
    let mut chars = source.chars().peekable();
    let mut last = ' ';
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => skip(&mut chars, '\n'),
            // A character, and not a lifetime.
            '\'' => {
                let mut ahead = chars.clone();
                let first = ahead.next();
                if first == Some('\\') || ahead.next() == Some('\'') {
                    chars.next();
                    if first == Some('\\') {
                        chars.next();
                    }
                    skip(&mut chars, '\'');
                }
            }
            // Raw texts are patterns and examples.
            '"' if last == '#' || last == 'r' => {
                let is_hashed = last == '#';
                while let Some(c) = chars.next() {
                    if c == '"' && (!is_hashed || chars.peek() == Some(&'#')) {
                        break;
                    }
                }
            }
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    match c {
                        '\\' => match chars.next() {
                            Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                            Some(escaped @ ('"' | '\\')) => text.push(escaped),
                            _ => {}
                        },
                        c => text.push(c),
                    }
                }
                found.insert(with_plain_holes(&text));
            }
            _ => {}
        }
        last = c;
    }
    found
}

/// A text with holes as the catalogue writes them: `{count}` is `{}`.
fn with_plain_holes(text: &str) -> String {
    let mut parts = text.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((_, after)) => plain.extend([HOLE, after]),
            None => plain.extend(["{", part]),
        }
    }
    plain
}

fn skip(chars: &mut impl Iterator<Item = char>, to: char) {
    for _ in chars.take_while(|c| *c != to) {}
}

/// Whether a text has words and a blank between them: names of fields, words of formats and the like have not.
fn is_sentence(text: &str) -> bool {
    let is_word = |word: &str| word.chars().filter(char::is_ascii_lowercase).count() > 1;
    if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb)) {
        return false;
    }
    let words = text.split_whitespace().filter(|word| is_word(word)).count();
    words > 1 || text.contains(' ') && text.contains(HOLE) && words > 0
}

fn sources(path: &Path, read: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            sources(&entry.unwrap().path(), read);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
        read.push((path.to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()));
    }
}

#[test]
fn whatever_readers_of_files_say_has_its_vietnamese() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut read = Vec::new();
    for path in SOURCES {
        sources(&root.join(path), &mut read);
    }
    let known: BTreeSet<&str> =
        MESSAGES.iter().map(|(en, _)| *en).chain(OTHERS.iter().flat_map(|(_, texts)| *texts).copied()).collect();
    let mut missing = Vec::new();
    for (path, source) in &read {
        if VOCABULARIES.iter().any(|known| path.ends_with(known)) {
            continue;
        }
        let texts = messages(source).into_iter();
        let unknown = texts.filter(|text| is_sentence(text) && text.is_ascii() && !known.contains(text.as_str()));
        missing.extend(unknown.map(|text| format!("{path}: {text:?}")));
    }
    assert!(read.len() > 80, "{} sources", read.len());
    assert!(missing.is_empty(), "without Vietnamese:\n{}", missing.join("\n"));
}

#[test]
fn a_message_is_in_the_catalogue_once_and_uses_its_holes() {
    let mut seen = BTreeSet::new();
    for (english, vietnamese) in MESSAGES {
        assert!(seen.insert(*english), "twice: {english}");
        let count = english.matches(HOLE).count();
        for (nth, hole) in vietnamese.split('{').skip(1).enumerate() {
            let hole = hole.split('}').next().unwrap().trim_end_matches(['!', '=']);
            let at: usize = if hole.is_empty() { nth } else { hole.parse().unwrap() };
            assert!(at < count, "{vietnamese} has a hole more than {english}");
        }
    }
}

#[test]
fn a_reason_is_said_in_vietnamese_with_what_stands_in_it() {
    for (english, vietnamese) in [
        ("contact.phone: is not a phone number", "Số điện thoại: không phải số điện thoại"),
        ("Ngày gọi: is no date and time: \"hôm qua\"", "Ngày gọi: không phải ngày giờ: “hôm qua”"),
        ("dialed_at: is no time that can be read: \"x: y\"", "Lúc gọi: không đọc được thời gian: “x: y”"),
        (
            "calls without a phone number: the customer is the id of the call: 12",
            "Cuộc gọi không có số điện thoại: mã cuộc gọi được dùng làm khách hàng: 12",
        ),
        (
            "words whose meaning is not known, calls with them not stored: 3 (\"OOPS\" 3)",
            "Từ chưa rõ nghĩa, các cuộc gọi đó không được nhập: 3 (\"OOPS\" 3)",
        ),
        (
            "ended_at: lies before dialed_at; cost must be 0 to 1000000",
            "Lúc kết thúc: trước lúc gọi; Chi phí: phải từ 0 đến 1000000",
        ),
        (
            "a.csv: not readable as table: a column that tells when: dialed_at; its columns are A, B",
            "a.csv: Không đọc được theo định dạng table: Cột cho biết lúc gọi; các cột: A, B",
        ),
        (
            "check the column \"Số\": taken for phone by its name (unsure, please check): phone numbers in 3 of 5 cells",
            "Hãy kiểm tra cột “Số”: được hiểu là Số điện thoại khách theo tên cột (chưa chắc chắn): số điện thoại ở 3 trong 5 ô",
        ),
        ("table, columns guessed", "bảng, cột tự đoán"),
        (
            "columns were guessed: phone = \"Máy, số\", dialed_at = \"Ngày, Giờ\", attributes = \"talk = \"x\", y\"",
            "Các cột do hệ thống tự đoán: Số điện thoại khách = \"Máy, số\", Lúc gọi = \"Ngày, Giờ\", Thông tin thêm = \"talk = \"x\", y\"",
        ),
        (
            "the file is of no format that is known; known formats are ringside (Ringside's own records)",
            "Tệp không thuộc định dạng nào đã biết",
        ),
    ] {
        assert_eq!(in_language(english, Language::Vi), vietnamese);
    }
}

#[test]
fn what_the_catalogue_has_not_stays_as_it_is() {
    for text in ["F-123e4567", "", "dialed_at: was eaten by a dog", "is missing; x was eaten by a dog"] {
        assert_eq!(in_language(text, Language::Vi), text);
    }
}

#[test]
fn a_reason_of_a_field_is_said_with_its_name_and_each_line_of_a_text_by_itself() {
    let vi = |english| in_language(english, Language::Vi).into_owned();
    assert_eq!(
        vi("mapping is not there: say on the page which field is which"),
        "Bảng ánh xạ: chưa có; hãy cho biết trường nào là gì trên trang này"
    );
    assert_eq!(vi("whoever is not there: say on the page"), "whoever is not there: say on the page");
    let english =
        "TOML parse error at line 1, column 9\n  |\n1 | [columns\n  |         ^\nunclosed table, expected `]`";
    let said = each_line_in_language(english, Language::Vi);
    assert_eq!(said, "Lỗi TOML ở dòng 1, cột 9\n  |\n1 | [columns\n  |         ^\nbảng chưa đóng, cần `]`");
    assert_eq!(each_line_in_language(english, Language::En), english);
}

#[test]
fn an_english_reader_is_told_of_fields_by_their_names() {
    let said = |english: &str| in_language(english, Language::En).into_owned();
    assert_eq!(said("dialed_at: is no time that can be read"), "Dialled at: is no time that can be read");
    assert_eq!(said("contact.phone is missing"), "Phone number: is missing");
    for same in ["result codes that nobody defined", "no field: is here", "transcript", "cost codes: 3"] {
        assert_eq!(said(same), same);
    }
}
