//! What the words for results of a table mean: a line for each that nobody knows, or of which somebody has said it.

use std::collections::BTreeMap;

use domain::{
    Code, Language, ResultCode,
    import::{ImportPreview, ResultMeaning, SKIPPED_RESULT},
    outcome::{ANSWERED, SYSTEM_CODES},
    result_text::CODE_CHARS,
};
use leptos::prelude::*;

use super::reading::OneImport;
use crate::Text;

/// The most codes that one can choose of.
const CHOICES: usize = 150;

/// The lines, as a part of the form that has a file looked at again; none where no word is in question.
pub(super) fn table(one: &OneImport, found: &ImportPreview, text: Text) -> Option<AnyView> {
    let meanings = found.result_meanings();
    if meanings.is_empty() {
        return None;
    }
    let codes = codes(one, text);
    let rows = meanings.iter().enumerate().map(|(at, meaning)| row(at, meaning, one, &codes, text)).collect_view();
    let table = view! {
        <div class="stack">
            <h3 class="panel-title" id="result-words">{text.import_words()}</h3>
            <p class="field-note">{text.import_words_why()}</p>
            <div class="table-scroll" tabindex="0" role="region" aria-labelledby="result-words">
            <table class="data-table">
                <thead>
                    <tr>
                        <th scope="col">{text.import_word()}</th>
                        <th scope="col" class="num">{text.import_word_rows()}</th>
                        <th scope="col">{text.import_word_meaning()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            </div>
        </div>
    };
    Some(table.into_any())
}

/// What a word may stand for, and how that is said: the system's codes first, then those of the account.
fn codes(one: &OneImport, text: Text) -> Vec<(String, String)> {
    let label = |code: &ResultCode| match text.language() {
        Language::Vi => code.label_vi.clone(),
        Language::En => code.label_en.clone(),
    };
    let said = |code: &str, label: &str| (code.to_owned(), text.import_word_code(code, label));
    let of = |code: &&ResultCode| said(code.code.as_str(), &label(code));
    let is_system = |code: &&ResultCode| SYSTEM_CODES.contains(&code.code.as_str());
    let is_answered = |code: &ResultCode| code.code.as_str() == ANSWERED;
    let answered = match one.codes.iter().find(|code| is_answered(code)) {
        Some(code) => of(&code),
        None => said(ANSWERED, text.import_word_answered()),
    };
    let system = one.codes.iter().filter(is_system).map(|code| of(&code));
    let own = one.codes.iter().filter(|code| !is_system(code) && !is_answered(code)).map(|code| of(&code));
    system.chain([answered]).chain(own).take(CHOICES).collect()
}

fn row(at: usize, meaning: &ResultMeaning<'_>, one: &OneImport, codes: &[(String, String)], text: Text) -> AnyView {
    let name = format!("word-{at}");
    let word = meaning.word;
    let chosen = one.typed(&name).or(meaning.code).unwrap_or_default().to_owned();
    let rows = meaning.rows.map(|rows| text.int(rows));
    let mut choices = vec![(String::new(), text.import_word_unknown().to_owned())];
    choices.extend(codes.iter().cloned());
    // A word that is no text may be a code of its own.
    let is_known = |choices: &[(String, String)], code: &str| choices.iter().any(|(known, _)| known == code);
    if word.chars().count() <= CODE_CHARS && Code::new(word).is_ok() && !is_known(&choices, word) {
        choices.push((word.to_owned(), text.import_word_itself(word)));
    }
    choices.push((SKIPPED_RESULT.to_owned(), text.import_word_skip().to_owned()));
    if !is_known(&choices, &chosen) {
        choices.push((chosen.clone(), text.import_word_other(&chosen)));
    }
    let options = choices.into_iter().map(|(value, label)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{label}</option> }
    });
    view! {
        <tr>
            <td class="key">{word.to_owned()}</td>
            <td class="num">{rows}</td>
            <td>
                <select class="select" name=name aria-label=text.import_words_of(word)>{options.collect_view()}</select>
            </td>
        </tr>
    }
    .into_any()
}

/// The words that somebody has said the meaning of and that the whole account could understand so.
pub(super) fn to_keep(found: &ImportPreview) -> BTreeMap<Code, Code> {
    let Some(table) = &found.table else { return BTreeMap::new() };
    domain::import::spellings_of(&table.results)
}
