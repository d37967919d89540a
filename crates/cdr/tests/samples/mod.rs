//! Files of every format of whatever length: the rows of one or two calls in each file of this folder, written again and again
//! with other ids, numbers and times.
//!
//! A file is called by the word of its format. The first line of a table (`.csv`) is its header; all other lines are written in
//! each turn. Words between `@` differ from turn to turn: `@n@` and `@num@` are its number with and without zeros before it,
//! `@phone@` is a number, `@wall:9@` and the like are a time so many seconds after the turn's.

use std::{fmt::Write, fs, path::Path};

use cdr::Format;
use chrono::{DateTime, FixedOffset};

/// 2026-03-02T02:00:00Z, when the first turn begins; each begins a second after the one before.
const FIRST: i64 = 1_772_416_800;

/// What is written in each turn.
pub struct Sample {
    /// The name of its file.
    pub name: String,
    pub format: Format,
    /// The header with its line end; empty where there is none.
    pub header: String,
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    Word(String, i64),
}

impl Sample {
    /// All samples, by their names.
    pub fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
        let mut samples: Vec<Self> = fs::read_dir(folder)
            .expect("the samples are beside the tests")
            .map(|entry| entry.expect("the folder is readable").path())
            .filter(|path| path.extension().is_none_or(|kind| kind != "rs"))
            .map(|path| Self::read(&path))
            .collect();
        samples.sort_by(|a, b| a.name.cmp(&b.name));
        samples
    }

    fn read(path: &Path) -> Self {
        let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("it is text");
        let (stem, kind) = name.split_once('.').expect("it has an ending");
        let format = Format::from_name(stem).expect("it is called by its format");
        let (header, rows) =
            if kind == "csv" { text.split_at(text.find('\n').expect("it has rows") + 1) } else { ("", &*text) };
        Self { format, header: header.to_owned(), parts: parts(rows), name }
    }

    /// Appends the lines of one turn.
    pub fn write(&self, turn: u64, into: &mut Vec<u8>) {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Word(word, seconds) => write_word(word, turn, *seconds, &mut text),
            }
        }
        into.extend_from_slice(text.as_bytes());
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = vec![Part::Text(String::new())];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('@') {
        let word = after.split_once('@').and_then(|(word, after)| {
            let (name, seconds) = word.split_once(':').unwrap_or((word, "0"));
            Some((name, seconds.parse().ok()?, after)).filter(|(name, ..)| WORDS.contains(name))
        });
        let Some(Part::Text(text)) = parts.last_mut() else { unreachable!("a text is always the last") };
        text.push_str(before);
        if let Some((name, seconds, after)) = word {
            parts.extend([Part::Word(name.to_owned(), seconds), Part::Text(String::new())]);
            rest = after;
        } else {
            text.push('@');
            rest = after;
        }
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}

const WORDS: [&str; 12] = ["n", "num", "phone", "epoch", "ms", "wall", "wallz", "iso", "isoz", "isowall", "rfc", "mdy"];

fn write_word(word: &str, turn: u64, seconds: i64, text: &mut String) {
    let epoch = FIRST + turn as i64 + seconds;
    let at = |east: i32, format: &str| {
        let zone = FixedOffset::east_opt(east * 3_600).expect("it is an offset");
        DateTime::from_timestamp(epoch, 0).expect("it is a time").with_timezone(&zone).format(format).to_string()
    };
    let written = match word {
        "n" => write!(text, "{turn:08}"),
        "num" => write!(text, "{}", turn + 1),
        "phone" => write!(text, "09{:08}", turn * 7_919 % 100_000_000),
        "epoch" => write!(text, "{epoch}"),
        "ms" => write!(text, "{epoch}000"),
        "wall" => write!(text, "{}", at(7, "%Y-%m-%d %H:%M:%S")),
        "wallz" => write!(text, "{}", at(0, "%Y-%m-%d %H:%M:%S+00:00")),
        "iso" => write!(text, "{}", at(0, "%Y-%m-%dT%H:%M:%S.000Z")),
        "isoz" => write!(text, "{}", at(7, "%Y-%m-%dT%H:%M:%S+07:00")),
        "isowall" => write!(text, "{}", at(7, "%Y-%m-%dT%H:%M:%S")),
        "rfc" => write!(text, "{}", at(0, "%a, %d %b %Y %H:%M:%S +0000")),
        _ => write!(text, "{}", at(7, "%m/%d/%Y %H:%M:%S")),
    };
    written.expect("a text takes whatever is written");
}
