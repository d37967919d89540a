//! A letter as HTML that is right in Gmail, Outlook and Apple Mail: nested tables of 540 px, styles in the elements, bars
//! of cells, no image, no script.

use std::fmt::Write;

use super::{
    dress::{ACCENT, CANVAS, FONT, INK, LINE, MUTED, STYLE, SURFACE, fill},
    letter::{Bar, Bars, CostFigure, Letter, Links},
};
use crate::html::escaped;

/// A table that is only layout.
const TABLE: &str = "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";

/// Writes the HTML part. Every value is escaped here, whatever it is.
pub fn html(letter: &Letter, links: &Links) -> String {
    let e = escaped;
    let mut out = String::with_capacity(24 * 1024);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n\
         <meta name=\"format-detection\" content=\"telephone=no, date=no, address=no, email=no\">\n\
         <title>{subject}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body class=\"canvas\" style=\"margin:0;padding:0;background:{CANVAS};{FONT};color:{INK}\">\n\
         <div style=\"display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px;color:{CANVAS}\">{preheader}</div>\n\
         {TABLE} width=\"100%\" class=\"canvas\" style=\"background:{CANVAS}\"><tr><td align=\"center\" class=\"outer\" style=\"padding:24px 0\">\n\
         {TABLE} width=\"540\" class=\"card\" style=\"width:540px;max-width:100%;background:{SURFACE};border:1px solid {LINE};border-radius:8px\">\n",
        lang = e(&letter.language),
        subject = e(&letter.subject),
        preheader = e(&letter.preheader),
    );
    row(
        &mut out,
        "20px 32px 0",
        &format!(
            "{TABLE} width=\"100%\"><tr><td class=\"link\" style=\"{FONT};font-size:14px;line-height:20px;font-weight:600;color:{ACCENT}\">Ringside</td>\
         <td align=\"right\" class=\"muted\" style=\"{FONT};font-size:12px;line-height:16px;color:{MUTED}\">{}</td></tr></table>",
            e(&letter.account)
        ),
    );
    row(
        &mut out,
        "16px 32px 0",
        &format!(
            "<h1 class=\"ink\" style=\"margin:0;{FONT};font-size:22px;line-height:30px;font-weight:600;color:{INK};word-break:break-word\">{}</h1>\
         <p class=\"muted\" style=\"margin:4px 0 0;{FONT};font-size:13px;line-height:20px;color:{MUTED};word-break:break-word\">{}</p>",
            e(&letter.title),
            e(&letter.about)
        ),
    );
    row(
        &mut out,
        "18px 32px 0",
        &format!(
            "{TABLE} class=\"btnw\"><tr><td class=\"btn\" bgcolor=\"{ACCENT}\" style=\"background:{ACCENT};border-radius:6px\">\
         <a href=\"{href}\" style=\"display:inline-block;padding:12px 24px;{FONT};font-size:14px;line-height:20px;font-weight:600;color:#FFFFFF;text-decoration:none\">{words}</a>\
         </td></tr></table>",
            href = e(&letter.address),
            words = e(&letter.open)
        ),
    );
    row(&mut out, "24px 32px 0", &heading(&letter.cost_title, &letter.cost_note));
    row(&mut out, "8px 32px 0", &cost(&letter.cost));
    for bars in [&letter.customers, &letter.calls] {
        row(&mut out, "26px 32px 0", &heading(&bars.title, &bars.note));
        row(&mut out, "8px 32px 0", &stacked(bars));
    }
    row(&mut out, "26px 32px 0", &heading(&letter.codes.title, &letter.codes.note));
    row(&mut out, "8px 32px 0", &codes(&letter.codes.bars));
    if let Some(planned) = &letter.planned {
        row(&mut out, "26px 32px 0", &heading(&planned.title, &planned.note));
        row(&mut out, "8px 32px 0", &codes(&planned.bars));
    }
    let download = links.download.as_ref().filter(|_| !letter.download.is_empty()).map_or_else(String::new, |href| {
        format!("<br><a class=\"link\" href=\"{}\" style=\"color:{ACCENT}\">{}</a>", e(href), e(&letter.download))
    });
    row(
        &mut out,
        "22px 32px 24px",
        &format!(
            "<div class=\"rule\" style=\"border-top:1px solid {LINE};padding-top:16px;{FONT};font-size:12px;line-height:18px\">\
         <b class=\"ink\" style=\"font-weight:600;color:{INK}\">{}</b><br>\
         <span class=\"muted\" style=\"color:{MUTED};word-break:break-word\">{}{download}</span></div>\
         <p class=\"muted\" style=\"margin:14px 0 0;{FONT};font-size:12px;line-height:18px;color:{MUTED}\">{}</p>",
            e(&letter.attached_title),
            e(&letter.attached),
            e(&letter.as_of)
        ),
    );
    let stop = links.stop.as_ref().map_or_else(String::new, |href| {
        format!(" <a class=\"link\" href=\"{}\" style=\"color:{ACCENT}\">{}</a>.", e(href), e(&letter.stop))
    });
    let _ = write!(
        out,
        "</table>\n{TABLE} width=\"540\" class=\"card-foot\" style=\"width:540px;max-width:100%\"><tr>\
         <td class=\"in muted\" style=\"padding:16px 33px;{FONT};font-size:12px;line-height:18px;color:{MUTED};word-break:break-word\">\
         {why}{stop} {plain_link}<br><span class=\"ink\" style=\"color:{INK}\">{address}</span></td></tr></table>\n\
         </td></tr></table>\n</body>\n</html>\n",
        why = e(&letter.why),
        plain_link = e(&letter.plain_link),
        address = e(&letter.address),
    );
    out
}

fn row(out: &mut String, padding: &str, content: &str) {
    let _ = writeln!(out, "<tr><td class=\"in\" style=\"padding:{padding}\">{content}</td></tr>");
}

fn heading(title: &str, note: &str) -> String {
    format!(
        "{TABLE} width=\"100%\"><tr><td><h2 class=\"ink\" style=\"margin:0;{FONT};font-size:15px;line-height:22px;font-weight:600;color:{INK}\">{}</h2></td>\
         <td align=\"right\" valign=\"bottom\" class=\"muted\" style=\"{FONT};font-size:12px;line-height:18px;color:{MUTED}\">{}</td></tr></table>",
        escaped(title),
        escaped(note)
    )
}

/// Two rows of two figures in a frame.
fn cost(cells: &[CostFigure]) -> String {
    let mut out = format!("{TABLE} width=\"100%\" class=\"box\" style=\"border:1px solid {LINE};border-radius:8px\">");
    for (n, pair) in cells.chunks(2).enumerate() {
        out.push_str("<tr>");
        for (k, cell) in pair.iter().enumerate() {
            let top = if n > 0 { format!("border-top:1px solid {LINE};") } else { String::new() };
            let left = if k > 0 { format!("border-left:1px solid {LINE};") } else { String::new() };
            let parts: Vec<String> = cell
                .parts
                .iter()
                .map(|(first, second)| {
                    // The number is large wherever it stands: a currency may come before it.
                    let large = |text: &str| {
                        format!(
                            "<span style=\"font-size:20px;line-height:28px;font-weight:600\">{}</span>",
                            escaped(text)
                        )
                    };
                    let small = |text: &str| {
                        format!("<span class=\"muted\" style=\"font-size:13px;color:{MUTED}\">{}</span>", escaped(text))
                    };
                    let is_number =
                        |text: &str| text.chars().next().is_some_and(|c| c.is_ascii_digit() || c == '–' || c == '−');
                    match (is_number(first), second.is_empty()) {
                        (_, true) => large(first),
                        (true, _) => format!("{}&nbsp;{}", large(first), small(second)),
                        (false, _) => format!("{}&nbsp;{}", small(first), large(second)),
                    }
                })
                .collect();
            let _ = write!(
                out,
                "<td width=\"50%\" valign=\"top\" style=\"{top}{left}padding:12px 16px;{FONT};font-size:12px;line-height:16px\">\
                 <span class=\"muted\" style=\"color:{MUTED}\">{}</span><br><span class=\"ink\" style=\"color:{INK}\">{}</span><br>\
                 <span class=\"muted\" style=\"color:{MUTED}\">{}</span></td>",
                escaped(&cell.label),
                parts.join(" "),
                escaped(&cell.note)
            );
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}

/// A cell of a bar: as wide as its share, nothing in it but a height.
fn piece(bar: &Bar, height: u32) -> String {
    let (color, class) = fill(bar.tone);
    format!(
        "<td width=\"{w}%\" class=\"{class}\" bgcolor=\"{color}\" style=\"width:{w}%;background:{color};height:{height}px;font-size:1px;line-height:{height}px\">&nbsp;</td>",
        w = width(bar.length),
    )
}

/// Thousandths as per cent with one decimal, never nothing where something was counted.
fn width(permille: u64) -> String {
    let permille = permille.max(3);
    format!("{}.{}", permille / 10, permille % 10)
}

/// One bar of all parts, then a line for each.
fn stacked(bars: &Bars) -> String {
    let mut out = String::new();
    let parts: Vec<&Bar> = bars.bars.iter().filter(|bar| bar.length > 0).collect();
    if !parts.is_empty() {
        let gap = "<td width=\"2\" style=\"width:2px;font-size:1px;line-height:1px\"><div style=\"width:2px;height:1px\"></div></td>";
        let pieces: Vec<String> = parts.iter().map(|bar| piece(bar, 12)).collect();
        let _ = write!(out, "{TABLE} width=\"100%\" style=\"table-layout:auto\"><tr>{}</tr></table>", pieces.join(gap));
    }
    let _ = write!(out, "{TABLE} width=\"100%\" style=\"margin-top:6px\">");
    for bar in &bars.bars {
        let (color, class) = fill(bar.tone);
        let _ = write!(
            out,
            "<tr><td width=\"18\" style=\"padding:4px 0\">{TABLE}><tr><td class=\"{class}\" bgcolor=\"{color}\" width=\"8\" height=\"8\" style=\"width:8px;height:8px;background:{color};border-radius:2px;font-size:1px;line-height:8px\">&nbsp;</td></tr></table></td>\
             <td class=\"ink\" style=\"padding:4px 0;{FONT};font-size:13px;line-height:18px;color:{INK}\">{}</td>{}</tr>",
            escaped(&bar.label),
            numbers(bar, "")
        );
    }
    out.push_str("</table>");
    out
}

/// Count and share at the end of a line; `hide`: a class that hides the share where there is no room.
fn numbers(bar: &Bar, hide: &str) -> String {
    format!(
        "<td align=\"right\" width=\"70\" class=\"ink\" style=\"padding:4px 0;{FONT};font-size:13px;line-height:18px;font-weight:600;color:{INK};white-space:nowrap\">{}</td>\
         <td align=\"right\" width=\"56\" class=\"muted{hide}\" style=\"padding:4px 0;{FONT};font-size:13px;line-height:18px;color:{MUTED};white-space:nowrap\">{}</td>",
        escaped(&bar.count),
        escaped(&bar.share)
    )
}

/// A line for each code, with a bar of its own.
fn codes(bars: &[Bar]) -> String {
    let mut out = format!("{TABLE} width=\"100%\">");
    for bar in bars {
        let rest = if bar.length < 1_000 {
            format!("<td style=\"font-size:1px;line-height:8px\" width=\"{}%\">&nbsp;</td>", width(1_000 - bar.length))
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "<tr><td width=\"34\" class=\"muted\" style=\"padding:4px 0;{FONT};font-size:11px;line-height:18px;font-weight:600;color:{MUTED}\">{}</td>\
             <td width=\"150\" class=\"ink\" style=\"padding:4px 8px 4px 0;{FONT};font-size:13px;line-height:18px;color:{INK};word-break:break-word\">{}</td>\
             <td style=\"padding:4px 0\">{TABLE} width=\"100%\"><tr>{}{rest}</tr></table></td>{}</tr>",
            escaped(&bar.code),
            escaped(&bar.label),
            piece(bar, 8),
            numbers(bar, " sh")
        );
    }
    out.push_str("</table>");
    out
}
