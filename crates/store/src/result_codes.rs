//! Result codes, as the account defines them.

use domain::{
    Code, ResultCode,
    outcome::{KNOWN_CODES, SYSTEM_CODES},
};

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    db::{execute, fetch_all},
    ingest,
    put::{checked_name, invalid},
};

/// A row of `result_codes`.
#[derive(Debug, sqlx_macros::FromRow)]
struct ResultCodeRow {
    code: String,
    label_vi: String,
    label_en: String,
    color: Option<String>,
    is_goal: bool,
}

impl ResultCodeRow {
    fn read(self) -> Result<ResultCode, StoreError> {
        let Self { code, label_vi, label_en, color, is_goal } = self;
        let code = Code::new(code).map_err(|_| StoreError::Broken("code of a result code".to_owned()))?;
        Ok(ResultCode { code, label_vi, label_en, color, is_goal })
    }
}

fn checked(code: &ResultCode) -> Result<ResultCode, StoreError> {
    let color = code.color.as_ref().map(|color| color.to_lowercase());
    let is_color = |text: &str| {
        text.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    if color.as_deref().is_some_and(|color| !is_color(color)) {
        return Err(invalid("color", "is not a colour such as #16a34a"));
    }
    if code.is_goal && SYSTEM_CODES.contains(&code.code.as_str()) {
        return Err(invalid("is_goal", "must be false: nobody answers a call that ends with BS, NA or CU"));
    }
    Ok(ResultCode {
        code: code.code.clone(),
        label_vi: checked_name("label_vi", &code.label_vi)?,
        label_en: checked_name("label_en", &code.label_en)?,
        color,
        is_goal: code.is_goal,
    })
}

/// Defines a code. Where that makes it a goal, or no goal any more, every figure that counts goals follows.
pub async fn put(conn: &mut Conn, scope: &Scope, code: &ResultCode) -> Result<Put, StoreError> {
    let code = checked(code)?;
    // The account's lock: no call may come in between, counted by the old definition.
    accounts::take_keys(conn, scope, 0).await?;
    let before = stored(conn, scope).await?.into_iter().find(|stored| stored.code == code.code);
    if before.as_ref() == Some(&code) {
        return Ok(Put::Unchanged);
    }
    execute!(
        conn,
        "INSERT INTO result_codes (account_id, code, label_vi, label_en, color, is_goal)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (account_id, code) DO UPDATE
         SET label_vi = excluded.label_vi, label_en = excluded.label_en, color = excluded.color,
             is_goal = excluded.is_goal",
        scope.account(),
        code.code.as_str(),
        code.label_vi.as_str(),
        code.label_en.as_str(),
        code.color.as_deref(),
        code.is_goal,
    )?;
    let was_goal = before.as_ref().is_some_and(|before| before.is_goal);
    if was_goal != code.is_goal {
        ingest::recount_goals(conn, scope, code.code.as_str()).await?;
    }
    accounts::changed(conn, scope).await?;
    Ok(if before.is_some() { Put::Updated } else { Put::Created })
}

/// The codes that the account has defined, by code; those that have labels from the start are among them whether it did or not.
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
        "SELECT code, label_vi, label_en, color, is_goal FROM result_codes WHERE account_id = $1",
        scope.account(),
    )?;
    rows.into_iter().map(ResultCodeRow::read).collect()
}
