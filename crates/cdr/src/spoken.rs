//! What was said in a call, as it stands in one cell: lines that begin with who speaks, or a JSON list of turns.

use domain::{Speaker, TranscriptLine, search::fold_word};

use crate::{body::Body, node::Node};

/// Words before a colon that name the voicebot.
const BOT: [&str; 11] =
    ["agent", "bot", "ai", "assistant", "voicebot", "callbot", "robot", "tongdai", "trolyao", "may", "nhanvien"];
/// Words before a colon that name the customer.
const CUSTOMER: [&str; 10] =
    ["user", "customer", "client", "human", "caller", "lead", "khach", "khachhang", "kh", "nguoidung"];
/// The longest such word.
const LABEL_CHARS: usize = 14;

fn speaker(label: &str) -> Option<Speaker> {
    if label.chars().count() > LABEL_CHARS {
        return None;
    }
    let label = fold_word(label);
    let is = |words: &[&str]| words.contains(&label.as_str());
    if is(&BOT) { Some(Speaker::Bot) } else { is(&CUSTOMER).then_some(Speaker::Customer) }
}

/// `Agent: Hello` as who and what; a time in brackets before it is passed over.
fn labelled(line: &str) -> Option<(Speaker, &str)> {
    let line = line.trim_start_matches(['-', '*', '•', ' ', '\t']);
    let line = match line.strip_prefix(['[', '(']).and_then(|rest| rest.split_once([']', ')'])) {
        Some((time, rest)) if time.len() <= 20 && time.contains(|c: char| c.is_ascii_digit()) => rest.trim_start(),
        _ => line,
    };
    let (label, text) = line.split_once([':', '：'])?;
    let label = label.trim().trim_matches(['[', ']', '(', ')', '*', '"']);
    Some((speaker(label)?, text.trim_start_matches(['*', ' ']).trim()))
}

/// Whether a cell holds what was said, by whom.
pub(crate) fn is_dialogue(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('[') && turns(text).is_some() || labelled(text.lines().next().unwrap_or_default()).is_some()
}

/// The lines of a cell; none where nobody is named in it. When each was said is not known: all are at the answer.
pub(crate) fn lines(text: &str) -> Option<Vec<TranscriptLine>> {
    let text = text.trim();
    if text.starts_with('[')
        && let Some(lines) = turns(text)
    {
        return Some(lines);
    }
    let mut lines: Vec<TranscriptLine> = Vec::new();
    for line in text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
        match (labelled(line), lines.last_mut()) {
            (Some((speaker, said)), _) => {
                let mut said = said;
                let mut speaker = speaker;
                // Turns that follow each other on one line.
                while let Some((at, next)) = next_label(said) {
                    push(&mut lines, speaker, &said[..at]);
                    speaker = next;
                    said = said[at..].split_once([':', '：']).map_or("", |(_, rest)| rest.trim_start());
                }
                push(&mut lines, speaker, said);
            }
            (None, Some(last)) => {
                last.text.push(' ');
                last.text.push_str(line);
            }
            (None, None) => return None,
        }
    }
    (!lines.is_empty()).then_some(lines)
}

fn push(lines: &mut Vec<TranscriptLine>, speaker: Speaker, text: &str) {
    let text = text.trim().trim_end_matches(['|', ';']).trim_end();
    if !text.is_empty() {
        lines.push(TranscriptLine { at: 0, speaker, text: text.to_owned() });
    }
}

/// Where in a line somebody else begins to speak, and who.
fn next_label(text: &str) -> Option<(usize, Speaker)> {
    text.match_indices([':', '：']).find_map(|(colon, _)| {
        let before = &text[..colon];
        let start = before.rfind([' ', '|', ';', '.', '?', '!']).map_or(0, |at| at + 1);
        // A label is a word of its own, in capitals as at the start of a line.
        let label = &before[start..];
        let is_capital = label.chars().next().is_some_and(char::is_uppercase);
        Some((start, speaker(label).filter(|_| is_capital)?))
    })
}

/// `[{"role": "bot", "text": "…"}]`, by whatever names.
fn turns(text: &str) -> Option<Vec<TranscriptLine>> {
    let turns = Node::parse(text)?;
    let lines: Vec<TranscriptLine> = turns
        .list()?
        .iter()
        .map(Body)
        .filter_map(|turn| {
            let who = turn.first(&["role", "speaker", "sender", "from", "type"])?;
            let text = turn.first(&["text", "content", "message", "transcript", "words"])?;
            Some(TranscriptLine { at: 0, speaker: speaker(&who)?, text: text.into_owned() })
        })
        .collect();
    (!lines.is_empty()).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Speaker, String)> {
        lines(text).unwrap_or_default().into_iter().map(|line| (line.speaker, line.text)).collect()
    }

    #[test]
    fn lines_with_a_name_before_them_are_a_transcript() {
        let expected = [
            (Speaker::Bot, "Chào anh".to_owned()),
            (Speaker::Customer, "Vâng, ai đấy? Nói đi".to_owned()),
            (Speaker::Bot, "Em gọi từ: tổng đài".to_owned()),
        ];
        for text in [
            "Agent: Chào anh\nUser: Vâng, ai đấy?\nNói đi\nAgent: Em gọi từ: tổng đài",
            "Bot: Chào anh\r\nKhách hàng: Vâng, ai đấy?\r\nNói đi\r\n\r\nBot: Em gọi từ: tổng đài\r\n",
            "[00:01] AI: Chào anh\n[00:05] KH: Vâng, ai đấy? Nói đi\n(00:09) AI: Em gọi từ: tổng đài",
            "Agent: Chào anh User: Vâng, ai đấy? Nói đi Agent: Em gọi từ: tổng đài",
            r#"[{"role":"assistant","content":"Chào anh"},{"role":"system","content":"x"},
               {"role":"user","content":"Vâng, ai đấy? Nói đi"},{"role":"bot","text":"Em gọi từ: tổng đài"}]"#,
        ] {
            assert_eq!(said(text), expected, "{text}");
            assert!(is_dialogue(text), "{text}");
        }
    }

    #[test]
    fn a_text_in_which_nobody_is_named_is_none() {
        for text in ["", "Khách bận, gọi lại lúc 9:15", "Ghi chú: gọi lại", "[]", "[1]", "[", ":", "\n\n", "ễ：ễ"]
        {
            assert_eq!(lines(text), None, "{text}");
            assert!(!is_dialogue(text), "{text}");
        }
    }
}
