//! A letter as plain text.

use std::fmt::Write;

use super::letter::{Bar, Bars, Letter, Links};

/// Writes the plain-text part; lines end in `\n`.
pub fn plain(letter: &Letter, links: &Links) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line(&letter.title);
    line(&letter.about);
    line("");
    line(&letter.open);
    line(&letter.address);
    line("");
    heading(&mut line, &letter.cost_title, &letter.cost_note);
    for cell in &letter.cost {
        let parts = cell.parts.iter().map(
            |(first, second)| {
                if second.is_empty() { first.clone() } else { format!("{first} {second}") }
            },
        );
        line(&format!("{}: {} ({})", cell.label, parts.collect::<Vec<_>>().join(" "), cell.note));
    }
    for bars in [&letter.customers, &letter.calls, &letter.codes].into_iter().chain(&letter.planned) {
        line("");
        heading(&mut line, &bars.title, &bars.note);
        rows(&mut line, bars);
    }
    line("");
    line(&letter.attached_title);
    line(&letter.attached);
    if let Some(download) = links.download.as_ref().filter(|_| !letter.download.is_empty()) {
        line(&format!("{}: {download}", letter.download));
    }
    line("");
    line(&letter.as_of);
    line("");
    line(&letter.why);
    if let Some(stop) = &links.stop {
        line(&format!("{}: {stop}", letter.stop));
    }
    out
}

fn heading(line: &mut impl FnMut(&str), title: &str, note: &str) {
    line(&format!("{title} ({note})"));
    line(&"-".repeat(title.chars().count()));
}

/// Columns that line up in a font of one width.
fn rows(line: &mut impl FnMut(&str), bars: &Bars) {
    let width = |of: fn(&Bar) -> &str| bars.bars.iter().map(|bar| of(bar).chars().count()).max().unwrap_or(0);
    let (code, label, count) = (width(|bar| &bar.code), width(|bar| &bar.label).min(40), width(|bar| &bar.count));
    for bar in &bars.bars {
        let mut text = String::new();
        if code > 0 {
            let _ = write!(text, "{:code$}  ", bar.code);
        }
        let _ = write!(text, "{:label$}  {:>count$}  {:>6}", bar.label, bar.count, bar.share);
        line(text.trim_end());
    }
}
