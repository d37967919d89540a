//! The account's table of words for results: what its senders write, and the code it stands for.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
};

use domain::{
    CallRecord, Code, FieldError,
    limits::RESULT_WORDS,
    outcome::{KNOWN_CODES, SYSTEM_CODES, WordMeaning, default_words, plain_key, word_key},
    result_text::CODE_CHARS,
};
use serde::Serialize;

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    db::{execute, fetch_all},
    put::invalid,
};

/// A word and the code that it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ResultWord {
    /// As it was given; upper and lower case, accents, blanks and punctuation make no difference.
    pub word: Code,
    /// The code of calls that are sent with it.
    pub code: Code,
    /// Known from the start; the account has not given it.
    pub is_default: bool,
}

/// What an account has said of results.
#[derive(Debug, Clone, Default)]
pub struct ResultWords {
    /// Its words by their [`word_key`].
    words: HashMap<String, ResultWord>,
    /// The keys of its words by their [`plain_key`], by which a word is found that is written without accents.
    plain: HashMap<String, String>,
    /// The codes that it has declared and that would be taken for texts.
    long_codes: HashSet<String>,
}

impl ResultWords {
    /// Reads what the account has given itself.
    pub async fn read(conn: &mut Conn, scope: &Scope) -> Result<Self, StoreError> {
        let rows = fetch_all!(
            conn,
            (String, String, String),
            "SELECT word_key, word, code FROM result_words WHERE account_id = $1",
            scope.account(),
        )?;
        let long = fetch_all!(
            conn,
            (String,),
            "SELECT code FROM result_codes WHERE account_id = $1 AND length(code) > $2",
            scope.account(),
            CODE_CHARS as i64,
        )?;
        let broken = |_| StoreError::Broken("a word for a result".to_owned());
        let words = rows.into_iter().map(|(key, word, code)| {
            let word = Code::new(word).map_err(broken)?;
            Ok((key, ResultWord { word, code: Code::new(code).map_err(broken)?, is_default: false }))
        });
        let words = words.collect::<Result<HashMap<_, _>, StoreError>>()?;
        let plain = words.iter().map(|(key, given)| (plain_key(given.word.as_str()), key.clone())).collect();
        Ok(Self { words, plain, long_codes: long.into_iter().map(|(code,)| code).collect() })
    }

    /// What the account has given for a word, however it is written.
    fn given(&self, word: &str) -> Option<&ResultWord> {
        if self.words.is_empty() {
            return None;
        }
        let exactly = self.words.get(&word_key(word));
        exactly.or_else(|| self.words.get(self.plain.get(&plain_key(word))?))
    }

    /// The words that the account has given itself, and the code that each stands for, by the words' spelling.
    pub fn into_spellings(self) -> Vec<(Code, Code)> {
        let mut spellings: Vec<_> = self.words.into_values().map(|given| (given.word, given.code)).collect();
        spellings.sort();
        spellings
    }

    /// The code that calls have which are sent with this one, where it is another: nobody ever has this one.
    pub(crate) fn stands_for(&self, code: &Code) -> Option<Code> {
        if let WordMeaning::Code(other) = self.meaning(code) { Some(other) } else { None }
    }

    fn meaning(&self, code: &Code) -> WordMeaning {
        match self.given(code.as_str()) {
            // The system's codes mean themselves, whatever was given.
            _ if SYSTEM_CODES.contains(&code.as_str()) => WordMeaning::Itself,
            Some(given) if given.code == *code => WordMeaning::Itself,
            Some(given) => WordMeaning::Code(given.code.clone()),
            None => WordMeaning::of(code),
        }
    }

    /// Puts the code in the place of a word for it; the word is kept as the call's cause, where it has none. Gives what is to be
    /// said about it.
    pub(crate) fn replace(&self, record: &mut CallRecord) -> Option<FieldError> {
        let sent = record.result_code.as_ref()?;
        let reason = match self.meaning(sent) {
            WordMeaning::Itself if self.long_codes.contains(sent.as_str()) => return None,
            WordMeaning::Itself => return record.keep_result_text(),
            WordMeaning::Doubtful(system) => {
                format!("{sent} counts as a success; if nobody was reached, send {system}")
            }
            WordMeaning::Code(code) => {
                let reason = format!("{sent} was taken for {code}");
                record.cause.get_or_insert_with(|| sent.to_string());
                record.result_code = Some(code);
                reason
            }
        };
        Some(FieldError::new("result_code", reason))
    }
}

/// All words, by their spelling: those of the account, and those known from the start about which it says nothing.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<ResultWord>, StoreError> {
    let ResultWords { words: own, plain, .. } = ResultWords::read(conn, scope).await?;
    let default = default_words().filter(|(word, _)| !plain.contains_key(*word)).filter_map(|(word, code)| {
        let word = Code::new(word).ok().filter(|word| *word != code)?;
        Some(ResultWord { word, code, is_default: true })
    });
    let mut words: Vec<ResultWord> = default.collect();
    words.extend(own.into_values());
    words.sort_by(|a, b| a.word.cmp(&b.word));
    Ok(words)
}

/// What is wrong with one of the words that an account gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WordFault {
    /// This word has no letters and digits.
    Empty(Code),
    /// This word is a system code, and shall mean another one.
    OfTheSystem(Code),
    /// This word is the second spelling of one word.
    Twice(Code),
    /// This word shall stand for a code that the account neither has defined nor has calls with.
    NoSuchCode(Code),
    /// There are more than [`RESULT_WORDS`].
    TooMany,
}

impl WordFault {
    /// The word that it is about.
    pub fn word(&self) -> Option<&Code> {
        match self {
            Self::Empty(word) | Self::OfTheSystem(word) | Self::Twice(word) | Self::NoSuchCode(word) => Some(word),
            Self::TooMany => None,
        }
    }
}

impl fmt::Display for WordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(word) => write!(f, "holds a word without letters and digits: {word}"),
            Self::OfTheSystem(word) => write!(f, "gives BS, NA or CU another meaning: {word}"),
            Self::Twice(word) => write!(f, "holds two spellings of one word: {word}"),
            Self::NoSuchCode(word) => {
                write!(f, "holds a word for a code that is not known: {word}; define the code first")
            }
            Self::TooMany => f.write_str("are more than 500"),
        }
    }
}

/// The first thing that is wrong with words which an account gives, in the order of the words.
pub async fn fault(
    conn: &mut Conn,
    scope: &Scope,
    words: &BTreeMap<Code, Code>,
) -> Result<Option<WordFault>, StoreError> {
    fault_beside(conn, scope, words, &BTreeSet::new()).await
}

/// As [`fault`], where calls are about to come with these codes.
async fn fault_beside(
    conn: &mut Conn,
    scope: &Scope,
    words: &BTreeMap<Code, Code>,
    coming: &BTreeSet<&Code>,
) -> Result<Option<WordFault>, StoreError> {
    let before = ResultWords::read(conn, scope).await?.words;
    let known = fetch_all!(
        conn,
        (String,),
        "SELECT code FROM result_codes WHERE account_id = $1
         UNION SELECT code FROM usage_account_codes WHERE account_id = $1 AND calls <> 0",
        scope.account(),
    )?;
    let known: HashSet<String> = known.into_iter().map(|(code,)| code).collect();
    let is_known =
        |code: &Code| known.contains(code.as_str()) || KNOWN_CODES.contains(&code.as_str()) || coming.contains(code);
    let mut keys = HashSet::new();
    for (word, code) in words {
        let key = plain_key(word.as_str());
        let is_itself = key == plain_key(code.as_str());
        let is_stored = before.get(&word_key(word.as_str())).is_some_and(|before| before.code == *code);
        if key.is_empty() {
            return Ok(Some(WordFault::Empty(word.clone())));
        }
        if SYSTEM_CODES.contains(&key.as_str()) && !is_itself {
            return Ok(Some(WordFault::OfTheSystem(word.clone())));
        }
        if !is_known(code) && !is_itself && !is_stored {
            return Ok(Some(WordFault::NoSuchCode(word.clone())));
        }
        if !keys.insert(key) {
            return Ok(Some(WordFault::Twice(word.clone())));
        }
    }
    Ok((words.len() > RESULT_WORDS).then_some(WordFault::TooMany))
}

/// Replaces the account's words by these. Calls that are stored keep their codes.
///
/// # Errors
/// [`StoreError::Invalid`] for a [`WordFault`].
pub async fn put(conn: &mut Conn, scope: &Scope, words: &BTreeMap<Code, Code>) -> Result<Put, StoreError> {
    replace(conn, scope, words, &BTreeSet::new()).await
}

async fn replace(
    conn: &mut Conn,
    scope: &Scope,
    words: &BTreeMap<Code, Code>,
    coming: &BTreeSet<&Code>,
) -> Result<Put, StoreError> {
    // The account's lock, so that of two tables one is stored whole.
    accounts::take_keys(conn, scope, 0).await?;
    if let Some(fault) = fault_beside(conn, scope, words, coming).await? {
        return Err(invalid("words", &fault.to_string()));
    }
    let before = ResultWords::read(conn, scope).await?.words;
    let is_same = before.len() == words.len()
        && before.values().all(|before| words.get(&before.word).is_some_and(|code| *code == before.code));
    if is_same {
        return Ok(Put::Unchanged);
    }
    execute!(conn, "DELETE FROM result_words WHERE account_id = $1", scope.account())?;
    for (word, code) in words {
        execute!(
            conn,
            "INSERT INTO result_words (account_id, word_key, word, code) VALUES ($1, $2, $3, $4)",
            scope.account(),
            word_key(word.as_str()),
            word.as_str(),
            code.as_str(),
        )?;
    }
    Ok(Put::Updated)
}

/// Adds words of calls that are about to come to the account's, in the place of earlier ones of the same spelling. Gives all of them:
/// before, and now.
///
/// # Errors
/// As [`put`], but for codes: they are those of the calls.
pub async fn add(
    conn: &mut Conn,
    scope: &Scope,
    words: &BTreeMap<Code, Code>,
) -> Result<(Vec<ResultWord>, BTreeMap<Code, Code>), StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    let before = list(conn, scope).await?;
    let keys: BTreeSet<String> = words.keys().map(|word| plain_key(word.as_str())).collect();
    let own = before.iter().filter(|known| !known.is_default && !keys.contains(&plain_key(known.word.as_str())));
    let mut all: BTreeMap<Code, Code> = own.map(|known| (known.word.clone(), known.code.clone())).collect();
    all.extend(words.clone());
    replace(conn, scope, &all, &words.values().collect()).await?;
    Ok((before, all))
}
