//! Defining result codes and their spellings. What moves calls from one class to another is said first, and done when it is
//! confirmed.

use std::collections::{BTreeMap, BTreeSet};

use app::{
    Text,
    form::Filled,
    settings::{
        code_seen,
        forms::{
            CODE, CODE_COLOR, CODE_GOAL, CODE_LABEL_EN, CODE_LABEL_VI, CONFIRMED, COUNTS_AS, PUT_CODE, PUT_SYSTEM_CODE,
            PUT_WORDS, SEEN, WORDS,
        },
        word_lines,
    },
};
use axum::{Form, response::Response};
use domain::{
    CallClass, Code, InputError, ResultCode, Role,
    limits::RESULT_WORDS,
    outcome::{SYSTEM_CODES, plain_key},
};
use serde::Deserialize;
use store::{
    StoreError,
    result_codes::{self, Moved},
    result_words::{self, WordFault},
};

use super::{CONFIRMED_LASTS_MS, FormPairs, done};
use crate::web::{changes, database::Database, editing::Editing, problem::Problem, routes::Routes};

const PAGE: &str = "/settings/codes";
const PUT: &str = "/settings/codes/put";
const PUT_ALL_WORDS: &str = "/settings/codes/words";

pub(super) fn routes() -> Routes {
    Routes::new().post(PUT, put).post(PUT_ALL_WORDS, put_words).post("/settings/codes/remove", remove)
}

async fn put(editing: Editing, mut database: Database, Form(pairs): Form<FormPairs>) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, text) = (&editing.who.scope, editing.text());
    let is_system = pairs.iter().any(|(name, code)| name == CODE.name() && SYSTEM_CODES.contains(&code.trim()));
    let form = if is_system { PUT_SYSTEM_CODE } else { PUT_CODE };
    let typed = || form.typed(&pairs);
    let title = text.codes_of(typed().value(&CODE));
    let again = |filled: &Filled| editing.refused(&form, &title, PUT, PAGE, filled);
    let (values, mut filled) = form.read(&pairs);
    if !values.text(&CODE_COLOR).is_empty() && !ResultCode::is_color(values.text(&CODE_COLOR)) {
        filled = filled.refused(&CODE_COLOR, InputError::NotAColour);
    }
    let counts_otherwise =
        CallClass::from_word(values.text(&COUNTS_AS)).is_some_and(|class| class != CallClass::Success);
    if values.is_ticked(&CODE_GOAL) && counts_otherwise {
        filled = filled.refused(&CODE_GOAL, InputError::NoGoal);
    }
    if filled.is_wrong() {
        return Ok(again(&filled));
    }
    let code = values.code(&CODE).ok_or_else(|| Problem::field("code", "must not be empty"))?.clone();
    let asked = CallClass::from_word(values.text(&COUNTS_AS)).unwrap_or(CallClass::Success);
    let counts_as = if is_system { CallClass::unless_changed(code.as_str()) } else { asked };
    let definition = ResultCode {
        label_vi: values.text(&CODE_LABEL_VI).to_owned(),
        label_en: values.text(&CODE_LABEL_EN).to_owned(),
        color: Some(values.text(&CODE_COLOR).to_owned()).filter(|color| !color.is_empty()),
        is_goal: values.is_ticked(&CODE_GOAL),
        counts_as,
        code,
    };
    let mut conn = editing.write(&mut database).await?;
    let defined = result_codes::list(&mut conn, scope).await?;
    let now = code_seen(defined.iter().find(|known| known.code == definition.code), text);
    if values.text(&SEEN) != now {
        let filled = typed().with_instead(&SEEN, now.clone()).failed(text.settings_changed_meanwhile(&now), &[]);
        return Ok(again(&filled));
    }
    let wrong_field = |field: &str| match field {
        "color" => (&CODE_COLOR, InputError::NotAColour),
        "is_goal" => (&CODE_GOAL, InputError::NoGoal),
        "code" => (&CODE, InputError::Taken),
        _ => (&COUNTS_AS, InputError::NotAChoice),
    };
    if definition.is_goal && definition.counts_as != CallClass::Success {
        return Ok(again(&typed().refused(&CODE_GOAL, InputError::NoGoal)));
    }
    let moved = result_codes::foresee(&mut conn, scope, &definition).await?;
    // On a busy account more calls have the code with every moment: what is confirmed is the change, and that it was read lately.
    let meaning = format!("{} {}", definition.counts_as.word(), definition.is_goal);
    let is_confirmed = values.text(&CONFIRMED).rsplit_once('@').is_some_and(|(read, at)| {
        let ago = at.parse::<i64>().map(|at| editing.now().0 - at);
        read == meaning && ago.is_ok_and(|ago| (0..=CONFIRMED_LASTS_MS).contains(&ago))
    });
    let confirmation = format!("{meaning}@{}", editing.now().0);
    if moved != Moved::default() && !is_confirmed {
        let words = text.codes_moves(&text.calls(moved.calls), &text.customers(moved.customers));
        return Ok(again(&typed().with_instead(&CONFIRMED, confirmation).to_confirm(words, Text::codes_confirm)));
    }
    match result_codes::put(&mut conn, scope, &definition, editing.now()).await {
        Ok(_) => {}
        Err(StoreError::Invalid(error)) => {
            let (field, error) = wrong_field(&error.field);
            return Ok(again(&typed().refused(field, error)));
        }
        Err(error) => return Err(error.into()),
    }
    let event = changes::code_event(&defined, &definition);
    editing.commit(conn, &event).await?;
    Ok(done(PAGE, "saved"))
}

#[derive(Debug, Deserialize)]
struct RemoveCodeForm {
    code: String,
}

async fn remove(
    editing: Editing,
    mut database: Database,
    Form(RemoveCodeForm { code }): Form<RemoveCodeForm>,
) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, none) = (&editing.who.scope, || Problem::not_found("result code"));
    let code = Code::new(code).map_err(|_| none())?;
    let mut conn = editing.write(&mut database).await?;
    let defined = result_codes::list(&mut conn, scope).await?;
    match result_codes::delete(&mut conn, scope, &code).await {
        Ok(true) => {}
        Ok(false) => return Err(none()),
        Err(StoreError::Invalid(_)) => return Ok(done(PAGE, "in-use")),
        Err(error) => return Err(error.into()),
    }
    editing.commit(conn, &changes::code_removed(&defined, &code)).await?;
    Ok(done(PAGE, "removed"))
}

/// A line as an error names it.
fn short(line: &str) -> String {
    line.chars().take(100).collect()
}

/// Spelling and code of a line: around its one `=`, or around the one that has blanks on both sides.
fn pair(line: &str) -> Option<(Code, Code)> {
    let mut around: Vec<&str> = line.split('=').collect();
    if around.len() != 2 {
        around = line.split(" = ").collect();
    }
    let &[word, code] = around.as_slice() else { return None };
    Some((Code::new(word.trim()).ok()?, Code::new(code.trim()).ok()?))
}

/// The spellings of a text, `SPELLING = CODE` on each line; else what is wrong, with its line.
fn words_of(text: &str) -> Result<BTreeMap<Code, Code>, InputError> {
    let mut words = BTreeMap::new();
    let mut keys = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, code) = pair(line).ok_or_else(|| InputError::NotASpelling(short(line)))?;
        // Of two lines for one spelling, none is preferred in silence.
        if !keys.insert(plain_key(word.as_str())) {
            return Err(InputError::SpellingTwice(short(line)));
        }
        words.insert(word, code);
    }
    Ok(words)
}

/// What the store finds wrong with a word, with its line.
fn with_line(fault: &WordFault, words: &BTreeMap<Code, Code>) -> InputError {
    let line = fault.word().and_then(|word| Some(format!("{word} = {}", words.get(word)?)));
    let line = short(&line.unwrap_or_default());
    match fault {
        WordFault::Empty(_) => InputError::NotASpelling(line),
        WordFault::OfTheSystem(_) => InputError::SpellingOfTheSystem(line),
        WordFault::Twice(_) => InputError::SpellingTwice(line),
        WordFault::NoSuchCode(_) => InputError::NoSuchCode(line),
        WordFault::TooMany => InputError::TooManyLines(RESULT_WORDS),
    }
}

async fn put_words(
    editing: Editing,
    mut database: Database,
    Form(pairs): Form<FormPairs>,
) -> Result<Response, Problem> {
    editing.only(Role::Manager)?;
    let (scope, text) = (&editing.who.scope, editing.text());
    let typed = || PUT_WORDS.typed(&pairs);
    let again = |filled: &Filled| editing.refused(&PUT_WORDS, text.codes_words(), PUT_ALL_WORDS, PAGE, filled);
    let values = match PUT_WORDS.parse(&pairs) {
        Ok(values) => values,
        Err(filled) => return Ok(again(&filled)),
    };
    let words = match words_of(values.text(&WORDS)) {
        Ok(words) => words,
        Err(error) => return Ok(again(&typed().refused(&WORDS, error))),
    };
    let mut conn = editing.write(&mut database).await?;
    let known = result_words::list(&mut conn, scope).await?;
    let now = word_lines(&known).replace('\n', "; ");
    if values.text(&SEEN) != now {
        let shown = if now.is_empty() { text.codes_words_none() } else { &now };
        let words = text.settings_changed_meanwhile(shown);
        return Ok(again(&typed().with_instead(&SEEN, now.clone()).failed(words, &[])));
    }
    if let Some(fault) = result_words::fault(&mut conn, scope, &words).await? {
        return Ok(again(&typed().refused(&WORDS, with_line(&fault, &words))));
    }
    result_words::put(&mut conn, scope, &words).await?;
    editing.commit(conn, &changes::words_event(&known, &words)).await?;
    Ok(done(PAGE, "saved"))
}
