//! Result codes, as the account defines them.

pub mod change;
mod foresight;
#[cfg(test)]
mod tests;

use domain::{
    CallClass, Code, ResultCode, Timestamp,
    outcome::{KNOWN_CODES, is_answered},
};

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_one},
    jobs,
    meanings::{Phase, class},
    put::{checked_name, invalid},
    result_words::ResultWords,
};

pub use self::foresight::{Moved, foresee};

/// About how many calls are worked out anew in the transaction that changes a code; beyond that a job does it.
const AT_ONCE: u64 = 10_000;
/// The key of the job of an account.
const JOB: &str = "codes";

#[derive(Debug, sqlx_macros::FromRow)]
struct ResultCodeRow {
    code: String,
    label_vi: String,
    label_en: String,
    color: Option<String>,
    is_goal: bool,
    counts_as: String,
}

impl ResultCodeRow {
    fn read(self) -> Result<ResultCode, StoreError> {
        let Self { code, label_vi, label_en, color, is_goal, counts_as } = self;
        let code = Code::new(code).map_err(|_| StoreError::Broken("code of a result code".to_owned()))?;
        Ok(ResultCode { code, label_vi, label_en, color, is_goal, counts_as: class(&counts_as)? })
    }
}

/// What a code's calls count as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CountedMeaning {
    counts_as: CallClass,
    is_goal: bool,
}

impl CountedMeaning {
    fn of(code: &ResultCode) -> Self {
        Self { counts_as: code.counts_as, is_goal: code.is_goal }
    }
}

/// A change of a code's meaning that is not in force yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextMeaning {
    /// The code whose calls are counted anew.
    pub code: Code,
    /// What its calls will count as.
    pub counts_as: CallClass,
    /// Whether it will be a goal.
    pub is_goal: bool,
}

fn checked(code: &ResultCode) -> Result<ResultCode, StoreError> {
    let color = code.color.as_ref().map(|color| color.to_lowercase());
    if color.as_deref().is_some_and(|color| !ResultCode::is_color(color)) {
        return Err(invalid("color", "is not a colour such as #16a34a"));
    }
    if code.is_goal && !is_answered(code.code.as_str()) {
        return Err(invalid("is_goal", "must be false: nobody answers a call that ends with BS, NA or CU"));
    }
    if !is_answered(code.code.as_str()) && code.counts_as != CallClass::unless_changed(code.code.as_str()) {
        return Err(invalid("counts_as", "is fixed: BS and NA count as failed, CU as error"));
    }
    // A goal is met by customers who were reached: the funnel's last step would hold some whom its third does not.
    if code.is_goal && code.counts_as != CallClass::Success {
        return Err(invalid(
            "counts_as",
            "must be success: the code is a goal, which only customers who were reached meet",
        ));
    }
    Ok(ResultCode {
        code: code.code.clone(),
        label_vi: checked_name("label_vi", &code.label_vi)?,
        label_en: checked_name("label_en", &code.label_en)?,
        color,
        is_goal: code.is_goal,
        counts_as: code.counts_as,
    })
}

/// Defines a code. Where that changes what its calls mean, every figure follows: at once where few calls are concerned, else by
/// a job, at one moment for the whole account ([`change`]); [`coming`] tells which.
pub async fn put(conn: &mut Conn, scope: &Scope, code: &ResultCode, now: Timestamp) -> Result<Put, StoreError> {
    put_within(conn, scope, code, now, AT_ONCE).await
}

/// Defined codes that nothing uses: they can be taken away ([`delete`]).
pub async fn unused(conn: &mut Conn, scope: &Scope) -> Result<Vec<Code>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String,),
        "SELECT code FROM result_codes r
         WHERE r.account_id = $1
           AND NOT EXISTS (SELECT 1 FROM usage_account_codes u
                           WHERE u.account_id = $1 AND u.code = r.code AND u.calls <> 0)
           AND NOT EXISTS (SELECT 1 FROM result_words w WHERE w.account_id = $1 AND w.code = r.code)
           AND NOT EXISTS (SELECT 1 FROM code_changes c WHERE c.account_id = $1 AND c.code = r.code)",
        scope.account(),
    )?;
    let read = |(code,)| Code::new(code).map_err(|_| StoreError::Broken("code of a result code".to_owned()));
    rows.into_iter().map(read).collect()
}

/// Takes a definition away: the code means again what one means that nobody defined. `false`: there is none.
///
/// # Errors
/// Where the code is in use: calls have it, a spelling stands for it, or what it means is being changed.
pub async fn delete(conn: &mut Conn, scope: &Scope, code: &Code) -> Result<bool, StoreError> {
    accounts::take_keys(conn, scope, 0).await?;
    for (sql, reason) in [
        (
            "SELECT COUNT(*) FROM usage_account_codes WHERE account_id = $1 AND code = $2 AND calls <> 0",
            "calls have it",
        ),
        ("SELECT COUNT(*) FROM result_words WHERE account_id = $1 AND code = $2", "a spelling stands for it"),
        ("SELECT COUNT(*) FROM code_changes WHERE account_id = $1 AND code = $2", "what it means is being changed"),
    ] {
        let (uses,) = fetch_one!(conn, (i64,), sql, scope.account(), code.as_str())?;
        if uses > 0 {
            return Err(invalid("code", &format!("is in use: {reason}")));
        }
    }
    let sql = "DELETE FROM result_codes WHERE account_id = $1 AND code = $2";
    let deleted = execute!(conn, sql, scope.account(), code.as_str())?;
    if deleted > 0 {
        accounts::changed(conn, scope).await?;
    }
    Ok(deleted > 0)
}

/// As [`put`], with another number of calls that are worked out at once.
async fn put_within(
    conn: &mut Conn,
    scope: &Scope,
    code: &ResultCode,
    now: Timestamp,
    at_once: u64,
) -> Result<Put, StoreError> {
    let code = checked(code)?;
    // The account's lock: no call may come in between, counted by the old definition.
    accounts::take_keys(conn, scope, 0).await?;
    let before = stored(conn, scope).await?.into_iter().find(|stored| stored.code == code.code);
    let other = ResultWords::read(conn, scope).await?.stands_for(&code.code);
    if let (None, Some(other)) = (&before, other) {
        return Err(invalid("code", &format!("is a spelling of {other}, which its calls are stored with")));
    }
    let defined = before.as_ref().map(CountedMeaning::of);
    let text = code.code.as_str();
    let in_force = defined.unwrap_or(CountedMeaning { counts_as: CallClass::unless_changed(text), is_goal: false });
    let changes = change::all(conn, scope).await?.into_iter().filter(|change| change.code == text);
    let (waiting, worked_on): (Vec<_>, Vec<_>) = changes.partition(|change| change.phase == Phase::Waiting);
    let meaning = |change: Option<&change::OpenChange>| {
        change.map(|c| CountedMeaning { counts_as: c.counts_as, is_goal: c.is_goal })
    };
    let wanted = CountedMeaning::of(&code);
    // What it will mean once the change that is worked on is over, and what was asked for last.
    let then = meaning(worked_on.last()).unwrap_or(in_force);
    let asked = meaning(waiting.last()).unwrap_or(then);
    let labelled = ResultCode { counts_as: in_force.counts_as, is_goal: in_force.is_goal, ..code.clone() };
    if before.as_ref() == Some(&labelled) && asked == wanted {
        return Ok(Put::Unchanged);
    }
    execute!(
        conn,
        "INSERT INTO result_codes (account_id, code, label_vi, label_en, color, is_goal, counts_as)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (account_id, code) DO UPDATE
         SET label_vi = excluded.label_vi, label_en = excluded.label_en, color = excluded.color",
        scope.account(),
        text,
        code.label_vi.as_str(),
        code.label_en.as_str(),
        code.color.as_deref(),
        in_force.is_goal,
        in_force.counts_as.word(),
    )?;
    accounts::changed(conn, scope).await?;
    if asked != wanted {
        change::withdraw(conn, scope, text).await?;
        if then != wanted {
            change::add(conn, scope, text, wanted.counts_as, wanted.is_goal).await?;
            begin(conn, scope, now, at_once).await?;
        }
    }
    Ok(if before.is_some() { Put::Updated } else { Put::Created })
}

/// Does what can be done at once; a job does the rest.
async fn begin(conn: &mut Conn, scope: &Scope, now: Timestamp, at_once: u64) -> Result<(), StoreError> {
    let mut rows = 0;
    while rows < at_once {
        let step = change::advance(conn, scope).await?;
        if step.is_over {
            return Ok(());
        }
        rows += step.rows;
    }
    jobs::enqueue(conn, scope, &jobs::ChangeCodes {}, Some(JOB), now, now).await?;
    Ok(())
}

/// The changes of meanings that are under way and not in force yet, in the order in which they come into force.
pub async fn coming(conn: &mut Conn, scope: &Scope) -> Result<Vec<NextMeaning>, StoreError> {
    let changes = change::all(conn, scope).await?.into_iter().filter(|change| change.phase != Phase::Settling);
    let coming = changes.map(|change| {
        let code = Code::new(change.code).map_err(|_| StoreError::Broken("code of a change".to_owned()))?;
        Ok(NextMeaning { code, counts_as: change.counts_as, is_goal: change.is_goal })
    });
    coming.collect()
}

/// The codes of calls that nobody has defined, with how many calls have them: most calls first.
pub async fn undefined(conn: &mut Conn, scope: &Scope) -> Result<Vec<(Code, u64)>, StoreError> {
    let rows = fetch_all!(
        conn,
        (String, i64),
        "SELECT code, CAST(SUM(calls) AS BIGINT) FROM usage_codes
         WHERE account_id = $1 AND code <> ''
         GROUP BY code",
        scope.account(),
    )?;
    let known = list(conn, scope).await?;
    let mut undefined = Vec::new();
    for (text, calls) in rows.into_iter().filter(|(_, calls)| *calls > 0) {
        let code = Code::new(text).map_err(|_| StoreError::Broken("code of a rollup".to_owned()))?;
        if known.iter().all(|known| known.code != code) {
            undefined.push((code, i64::cast_unsigned(calls)));
        }
    }
    undefined.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    Ok(undefined)
}

/// The codes that the account has defined, by code, with the meanings in force; those that have labels from the start are among
/// them whether it did or not.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<ResultCode>, StoreError> {
    let mut codes = stored(conn, scope).await?;
    for known in KNOWN_CODES.into_iter().filter_map(ResultCode::known) {
        if codes.iter().all(|code| code.code != known.code) {
            codes.push(known);
        }
    }
    // Sorted here: the engines compare texts differently.
    codes.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(codes)
}

async fn stored(conn: &mut Conn, scope: &Scope) -> Result<Vec<ResultCode>, StoreError> {
    let rows = fetch_all!(
        conn,
        ResultCodeRow,
        "SELECT code, label_vi, label_en, color, is_goal, counts_as FROM result_codes WHERE account_id = $1",
        scope.account(),
    )?;
    rows.into_iter().map(ResultCodeRow::read).collect()
}
