//! Pages that are kept under a name, each with what it asks for: a person's own, and the account's, which everybody has.
//!
//! An address is kept as it was checked where it came in; what it leads to is looked up when somebody goes there.

use domain::limits::{SAVED_VIEWS, VIEW_NAME_CHARS};

use crate::{
    Conn, Put, Scope, StoreError, accounts,
    db::{execute, fetch_all, fetch_one, fetch_optional},
    put::{checked_name, invalid},
};

/// Whose a kept page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewOwner {
    /// Of the person who asks.
    Reader,
    /// Of everybody in the account.
    Account,
}

/// A page that is kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its number in the account.
    pub key: i64,
    /// Whose it is.
    pub owner: ViewOwner,
    /// What it is called: no two of one owner have the same name.
    pub name: String,
    /// A path of the product, with what it asks for.
    pub address: String,
}

#[derive(Debug, sqlx_macros::FromRow)]
struct ViewRow {
    view_key: i64,
    user_key: Option<i64>,
    name: String,
    address: String,
}

impl From<ViewRow> for SavedView {
    fn from(row: ViewRow) -> Self {
        let owner = if row.user_key.is_some() { ViewOwner::Reader } else { ViewOwner::Account };
        Self { key: row.view_key, owner, name: row.name, address: row.address }
    }
}

/// The user whose a page of this owner is; none: it is the account's.
///
/// # Errors
/// [`StoreError::Invalid`] where a program asks for pages of its own: it has none.
fn user_of(scope: &Scope, owner: ViewOwner) -> Result<Option<i64>, StoreError> {
    match owner {
        ViewOwner::Account => Ok(None),
        ViewOwner::Reader => scope.user().map(Some).ok_or_else(|| invalid("whose", "must be the account's")),
    }
}

/// Those of the reader, then those of the account, each by name.
pub async fn list(conn: &mut Conn, scope: &Scope) -> Result<Vec<SavedView>, StoreError> {
    let rows = fetch_all!(
        conn,
        ViewRow,
        "SELECT view_key, user_key, name, address FROM saved_views
         WHERE account_id = $1 AND (user_key IS NULL OR user_key = $2)
         ORDER BY CASE WHEN user_key IS NULL THEN 1 ELSE 0 END, name, view_key",
        scope.account(),
        scope.user(),
    )?;
    Ok(rows.into_iter().map(SavedView::from).collect())
}

/// One that the reader has.
pub async fn lookup(conn: &mut Conn, scope: &Scope, key: i64) -> Result<Option<SavedView>, StoreError> {
    let row = fetch_optional!(
        conn,
        ViewRow,
        "SELECT view_key, user_key, name, address FROM saved_views
         WHERE account_id = $1 AND view_key = $3 AND (user_key IS NULL OR user_key = $2)",
        scope.account(),
        scope.user(),
        key,
    )?;
    Ok(row.map(SavedView::from))
}

/// The one of this name.
pub async fn named(
    conn: &mut Conn,
    scope: &Scope,
    owner: ViewOwner,
    name: &str,
) -> Result<Option<SavedView>, StoreError> {
    let views = list(conn, scope).await?;
    Ok(views.into_iter().find(|view| view.owner == owner && view.name == name))
}

/// A name as it is kept.
///
/// # Errors
/// [`StoreError::Invalid`] where it is none, or longer than it may be.
pub fn name_of(sent: &str) -> Result<String, StoreError> {
    let name = checked_name("name", sent)?;
    if name.chars().count() > VIEW_NAME_CHARS {
        return Err(invalid("name", &format!("is longer than {VIEW_NAME_CHARS} characters")));
    }
    Ok(name)
}

/// Keeps a page under a name, in place of the one of the same owner that had it.
///
/// # Errors
/// [`StoreError::Invalid`] where the name is none, or the owner has as many pages as they may have (`views`).
pub async fn put(
    conn: &mut Conn,
    scope: &Scope,
    owner: ViewOwner,
    name: &str,
    address: &str,
) -> Result<(Put, i64), StoreError> {
    let (user, name) = (user_of(scope, owner)?, name_of(name)?);
    accounts::lock(conn, scope).await?;
    if let Some(before) = named(conn, scope, owner, &name).await? {
        if before.address == address {
            return Ok((Put::Unchanged, before.key));
        }
        execute!(
            conn,
            "UPDATE saved_views SET address = $3 WHERE account_id = $1 AND view_key = $2",
            scope.account(),
            before.key,
            address,
        )?;
        return Ok((Put::Updated, before.key));
    }
    let (kept,) = fetch_one!(
        conn,
        (i64,),
        "SELECT COUNT(*) FROM saved_views WHERE account_id = $1 AND COALESCE(user_key, 0) = $2",
        scope.account(),
        user.unwrap_or_default(),
    )?;
    if kept >= SAVED_VIEWS as i64 {
        return Err(invalid("views", &format!("are {SAVED_VIEWS} already")));
    }
    let (key, _) = accounts::take_keys(conn, scope, 1).await?;
    execute!(
        conn,
        "INSERT INTO saved_views (account_id, view_key, user_key, name, address) VALUES ($1, $2, $3, $4, $5)",
        scope.account(),
        key,
        user,
        name.as_str(),
        address,
    )?;
    Ok((Put::Created, key))
}

/// Calls a page that the reader has otherwise. `false`: its owner has another one of this name.
///
/// # Errors
/// [`StoreError::Invalid`] where the name is none.
pub async fn rename(conn: &mut Conn, scope: &Scope, view: &SavedView, name: &str) -> Result<bool, StoreError> {
    let name = name_of(name)?;
    accounts::lock(conn, scope).await?;
    if named(conn, scope, view.owner, &name).await?.is_some_and(|other| other.key != view.key) {
        return Ok(false);
    }
    execute!(
        conn,
        "UPDATE saved_views SET name = $3 WHERE account_id = $1 AND view_key = $2",
        scope.account(),
        view.key,
        name.as_str(),
    )?;
    Ok(true)
}

/// Keeps a page no more: whoever began with it begins as everybody else does.
pub async fn delete(conn: &mut Conn, scope: &Scope, view: &SavedView) -> Result<(), StoreError> {
    let account = scope.account();
    execute!(conn, "UPDATE users SET start_view = NULL WHERE account_id = $1 AND start_view = $2", account, view.key,)?;
    execute!(conn, "DELETE FROM saved_views WHERE account_id = $1 AND view_key = $2", account, view.key)?;
    Ok(())
}

/// The page that the reader begins with; none: the first one of everybody.
pub async fn start(conn: &mut Conn, scope: &Scope) -> Result<Option<SavedView>, StoreError> {
    let row = fetch_optional!(
        conn,
        ViewRow,
        "SELECT v.view_key, v.user_key, v.name, v.address FROM users u
         JOIN saved_views v ON v.account_id = $1 AND v.view_key = u.start_view
         WHERE u.account_id = $1 AND u.user_key = $2 AND (v.user_key IS NULL OR v.user_key = $2)",
        scope.account(),
        scope.user(),
    )?;
    Ok(row.map(SavedView::from))
}

/// Has the reader begin with a page that they have; none: with the first one of everybody.
pub async fn set_start(conn: &mut Conn, scope: &Scope, view: Option<&SavedView>) -> Result<(), StoreError> {
    execute!(
        conn,
        "UPDATE users SET start_view = $3 WHERE account_id = $1 AND user_key = $2",
        scope.account(),
        scope.user(),
        view.map(|view| view.key),
    )?;
    Ok(())
}

/// Forgets the pages of somebody who leaves the account.
pub(crate) async fn forget_of(conn: &mut Conn, scope: &Scope, user_key: i64) -> Result<(), StoreError> {
    execute!(conn, "DELETE FROM saved_views WHERE account_id = $1 AND user_key = $2", scope.account(), user_key,)?;
    Ok(())
}
