//! The shape of a delimited file: by its header, by the number of columns, or by what is in them.

use crate::{
    cells::Cells,
    columns::Places,
    local_time::When,
    table::{Layout, Shape},
    unique_id::epoch_of,
};

use super::{columns::Column, disposition::Disposition};

/// The shapes that FreePBX exports.
pub(super) const FREEPBX: [&str; 2] = [CALLDATE_HEADER, NO_HEADER];
const CALLDATE_HEADER: &str = "calldate header";
const NO_HEADER: &str = "table without header";

/// Finds the shape by the first lines of a file; none where they are no call records of Asterisk.
pub(super) fn shape_of(lines: &[String], delimiter: char) -> Option<Shape<Column>> {
    if let Some(mut shape) = Shape::of_header(lines, delimiter) {
        if shape.first_name.eq_ignore_ascii_case("calldate") {
            shape.name = CALLDATE_HEADER;
        }
        return is_asterisk(&shape, &lines[1..]).then_some(shape);
    }
    let rows: Vec<Cells> = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let mut row = Cells::default();
            if !row.split(line, delimiter, |row| by_row(row).is_some()) {
                row.split_usual(line, delimiter);
            }
            row
        })
        .collect();
    let count = |is: &dyn Fn(&Cells) -> bool| rows.iter().filter(|row| is(row)).count() * 2;
    let most = |is: &dyn Fn(&Cells) -> bool| count(is) > rows.len();
    // One of two rows may be broken or cut.
    if count(&|row| by_row(row).is_some()) >= rows.len().max(1) {
        let name = if most(&is_custom) { "cdr_custom without header" } else { "cdr_csv without header" };
        return Some(Shape::without_header(name, delimiter, Layout::ByRow { places: by_row, least: 16 }));
    }
    // Columns are guessed only where no header names them: what it names in words that are not known may be anything.
    // A word alone is no value: `Answer` and `Busy` are names of columns as well.
    let first = rows.first()?;
    if rows.len() > 1 && !first.iter().any(|cell| is_time(cell) || is_seconds(cell)) {
        return None;
    }
    Some(Shape::without_header(NO_HEADER, delimiter, by_content(&rows)?))
}

/// Five9, VICIdial and others also have a date, a duration and a status: the words of the status tell. Rows without one
/// tell nothing; dumps can begin with many of them.
fn is_asterisk(shape: &Shape<Column>, lines: &[String]) -> bool {
    let mut words = lines.iter().filter_map(|line| {
        let mut row = Cells::default();
        let places = shape.split(line, &mut row)?;
        Some(places.get(&row, Column::Disposition).to_owned()).filter(|word| !word.is_empty())
    });
    let is_known = |word: &String| Disposition::parse(word).is_some();
    words.next().is_none_or(|first| is_known(&first) || words.any(|word| is_known(&word)))
}

fn is_time(text: &str) -> bool {
    matches!(When::parse(text), Some(When::Wall(_) | When::Instant(_)))
}

fn is_time_or_never(text: &str) -> bool {
    When::parse(text).is_some()
}

fn is_seconds(text: &str) -> bool {
    !text.is_empty() && text.parse::<f64>().is_ok_and(|seconds| (0.0..1e8).contains(&seconds))
}

fn is_disposition(text: &str) -> bool {
    // A number alone says too little to tell a shape by.
    Disposition::parse(text).is_some() && !text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `start, answer, end, duration, billsec, disposition` from this column on.
fn is_times_at(row: &Cells, at: usize) -> bool {
    is_time(row.get(at))
        && is_time_or_never(row.get(at + 1))
        && is_time_or_never(row.get(at + 2))
        && is_seconds(row.get(at + 3))
        && is_seconds(row.get(at + 4))
        && (row.get(at + 5).is_empty() || Disposition::parse(row.get(at + 5)).is_some())
}

/// Which of the two that Asterisk itself writes a row is: both may be in a file that was put together.
fn by_row(row: &Cells) -> Option<Places<Column>> {
    classic(row).or_else(|| is_custom(row).then(custom))
}

/// `cdr_csv`: 16 columns, then `uniqueid`, `userfield` and `peeraccount, linkedid, sequence`, each as configured.
fn classic(row: &Cells) -> Option<Places<Column>> {
    let len = row.len();
    if !(16..=21).contains(&len) || !is_times_at(row, 9) {
        return None;
    }
    let mut places = Places::in_order(&[
        (Column::AccountCode, 0),
        (Column::Src, 1),
        (Column::Dst, 2),
        (Column::Context, 3),
        (Column::Clid, 4),
        (Column::Channel, 5),
        (Column::DstChannel, 6),
        (Column::LastApp, 7),
        (Column::Start, 9),
        (Column::Answer, 10),
        (Column::End, 11),
        (Column::Duration, 12),
        (Column::Billsec, 13),
        (Column::Disposition, 14),
    ]);
    let before_linked = if len >= 19 { len - 3 } else { len };
    match before_linked {
        18 => {
            places.set(Column::UniqueId, 16);
            places.set(Column::UserField, 17);
        }
        17 if epoch_of(row.get(16)).is_some() => places.set(Column::UniqueId, 16),
        17 => places.set(Column::UserField, 16),
        _ => {}
    }
    if len >= 19 {
        places.set(Column::LinkedId, len - 2);
        places.set(Column::Sequence, len - 1);
    }
    Some(places)
}

fn is_custom(row: &Cells) -> bool {
    row.is_wide(19) && is_times_at(row, 8)
}

/// The order of Asterisk's sample `cdr_custom.conf`.
fn custom() -> Places<Column> {
    Places::in_order(&[
        (Column::Clid, 0),
        (Column::Src, 1),
        (Column::Dst, 2),
        (Column::Context, 3),
        (Column::Channel, 4),
        (Column::DstChannel, 5),
        (Column::LastApp, 6),
        (Column::Start, 8),
        (Column::Answer, 9),
        (Column::End, 10),
        (Column::Duration, 11),
        (Column::Billsec, 12),
        (Column::Disposition, 13),
        (Column::AccountCode, 15),
        (Column::UniqueId, 16),
        (Column::UserField, 17),
        (Column::Sequence, 18),
    ])
}

/// A table without a header, in whatever order: the columns are known by what is in them.
fn by_content(rows: &[Cells]) -> Option<Layout<Column>> {
    let width = most_frequent(rows.iter().map(Cells::len))?;
    let rows: Vec<&Cells> = rows.iter().filter(|row| row.len() == width).collect();
    // A column counts as such if most of its cells that are not empty are of the kind.
    let find = |from: usize, is: &dyn Fn(&str) -> bool| {
        (from..width).find(|at| {
            let filled: Vec<&str> = rows.iter().map(|row| row.get(*at)).filter(|text| !text.is_empty()).collect();
            !filled.is_empty() && filled.iter().filter(|text| is(text)).count() * 2 > filled.len()
        })
    };
    let disposition = find(0, &is_disposition)?;
    // With a colon: a `uniqueid` or a phone number could be seconds since 1970.
    let start = find(0, &|text| text.contains(':') && is_time(text))?;
    let is_number_column = |at: usize| find(at, &is_seconds) == Some(at);
    if disposition < 2 || !is_number_column(disposition - 2) || !is_number_column(disposition - 1) {
        return None;
    }
    // No call is billed for longer than it lasts.
    let number = |row: &Cells, at: usize| row.get(at).parse::<f64>().unwrap_or_default();
    let is_swapped = rows.iter().any(|row| number(row, disposition - 2) < number(row, disposition - 1))
        && !rows.iter().any(|row| number(row, disposition - 2) > number(row, disposition - 1));
    let (duration, billsec) = if is_swapped { (1, 2) } else { (2, 1) };
    let mut places = Places::in_order(&[
        (Column::Start, start),
        (Column::Duration, disposition - duration),
        (Column::Billsec, disposition - billsec),
        (Column::Disposition, disposition),
    ]);
    // In every known table the caller's name, if it is there, is followed by source and destination.
    let clid = find(0, &|text| text.ends_with('>') || text.ends_with(">\"")).filter(|at| *at < disposition);
    let src = clid.map_or(start + 1, |at| at + 1);
    if src + 1 >= disposition - 2 {
        return None;
    }
    // Times that are no start are in no known place, and no numbers.
    let holds_times = |at: usize| {
        let filled = || rows.iter().map(|row| row.get(at)).filter(|text| !text.is_empty());
        filled().filter(|text| text.contains(':') && is_time(text)).count() * 2 > filled().count()
    };
    if holds_times(src) || holds_times(src + 1) {
        return None;
    }
    if let Some(at) = clid {
        places.set(Column::Clid, at);
    }
    places.set(Column::Src, src);
    places.set(Column::Dst, src + 1);
    let unique = find(0, &|text| epoch_of(text).is_some());
    if let Some(at) = unique {
        places.set(Column::UniqueId, at);
        if let Some(at) = find(at + 1, &|text| epoch_of(text).is_some()) {
            places.set(Column::LinkedId, at);
            // `linkedid, peeraccount, sequence` end the table where they are there.
            if at + 3 == width {
                places.set(Column::Sequence, at + 2);
            }
        }
    }
    // Asterisk's own table begins `calldate, clid, src, dst, dcontext, channel, dstchannel, lastapp, lastdata, …`.
    if (start, clid, disposition) == (0, Some(1), 11) && width >= 16 {
        let named = [(Column::Context, 4), (Column::Channel, 5), (Column::DstChannel, 6), (Column::LastApp, 7)];
        for (column, at) in named {
            places.set(column, at);
        }
        places.set(Column::AccountCode, 13);
        if unique == Some(14) {
            places.set(Column::UserField, 15);
        }
        let is_recording = |text: &str| [".wav", ".WAV", ".gsm", ".mp3", ".ogg"].iter().any(|end| text.ends_with(end));
        if let Some(at) = find(16, &is_recording) {
            places.set(Column::RecordingFile, at);
        }
    }
    Some(Layout::Fixed { places, width })
}

fn most_frequent(values: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::new();
    for value in values {
        *counts.entry(value).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(value, _)| value)
}
