//! Reads what the pages show.

use std::collections::BTreeMap;

use domain::{
    CodeMeanings, FieldError, ResultCode,
    import::{ImportOptions, ImportPreview, ImportResult},
    time::Zone,
};
use store::{
    Conn, campaigns,
    imports::{self, Changes, Import, ImportState},
    result_codes, users,
};

use crate::{AppError, Text, form::Filled, session::SignedIn};

/// Rows of the list.
const LIMIT: u32 = 50;
/// Campaigns that one can choose.
const CHOICES: u32 = 500;

/// The list of imports, or one of them.
pub(super) enum ImportsPage {
    List(ImportList),
    One(Box<OneImport>),
}

pub(super) struct ImportList {
    pub imports: Vec<(Import, Option<ImportPreview>, Option<ImportResult>)>,
    pub next: Option<i64>,
    /// The names of users.
    pub users: BTreeMap<i64, String>,
    pub zone: Zone,
}

pub(super) struct OneImport {
    pub import: Import,
    pub options: ImportOptions,
    pub found: Option<ImportPreview>,
    pub stored: Option<ImportResult>,
    pub changes: Changes,
    /// The campaigns that calls can be put into: ids and names, where one is to be chosen.
    pub campaigns: Vec<(String, String)>,
    pub user: Option<String>,
    pub zone: Zone,
    pub codes: Vec<ResultCode>,
    pub meanings: CodeMeanings,
    /// The form that was refused, with what was typed into it and what is wrong.
    pub refused: Option<Filled>,
    /// What it brought, whose columns are no fields of a form.
    pub typed: Vec<(String, String)>,
}

impl OneImport {
    /// What was chosen under a name in the form that was refused.
    pub(super) fn typed(&self, name: &str) -> Option<&str> {
        self.typed.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl ImportsPage {
    pub(super) fn title(&self, text: Text) -> String {
        match self {
            Self::List(_) => text.imports_title().to_owned(),
            Self::One(one) => one.import.name.as_str().to_owned(),
        }
    }

    pub(super) fn is_busy(&self) -> bool {
        match self {
            Self::List(list) => list.imports.iter().any(|(import, ..)| import.state.is_busy()),
            Self::One(one) => one.import.state.is_busy(),
        }
    }
}

pub(super) async fn read(
    conn: &mut Conn,
    who: &SignedIn,
    key: Option<&str>,
    query: Option<&str>,
) -> Result<ImportsPage, AppError> {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().trim_start_matches('?').as_bytes()).into_owned().collect();
    let value = |name: &str| {
        let found = pairs.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    let zone = who.account.zone;
    let names = users::list(conn, &who.scope).await?.into_iter().map(|user| {
        let name = if user.name.is_empty() { user.email } else { user.name };
        (user.key, name)
    });
    let users: BTreeMap<i64, String> = names.collect();
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        let before = value("before").map(str::parse).transpose();
        let before = before.map_err(|_| AppError::invalid(FieldError::new("before", "must be a whole number")))?;
        let listed = imports::list(conn, &who.scope, before, LIMIT).await?;
        let next = listed.last().filter(|_| listed.len() == LIMIT as usize).map(|last| last.key);
        let imports = listed.into_iter().map(|mut import| {
            let (found, stored) = (import.found.take(), import.stored.take());
            (import, found.map(ImportPreview::from), stored.map(ImportResult::from))
        });
        return Ok(ImportsPage::List(ImportList { imports: imports.collect(), next, users, zone }));
    };
    let key: i64 = key.parse().map_err(|_| AppError::NotFound)?;
    let mut import = imports::lookup(conn, &who.scope, key).await?.ok_or(AppError::NotFound)?;
    let changes = match import.state {
        ImportState::Done | ImportState::Failed => imports::changes(conn, &who.scope, key).await?,
        _ => Changes::default(),
    };
    let campaigns = match import.state {
        ImportState::Checked => campaigns::latest_names(conn, &who.scope, CHOICES).await?,
        _ => Vec::new(),
    };
    let codes = result_codes::list(conn, &who.scope).await?;
    Ok(ImportsPage::One(Box::new(OneImport {
        meanings: CodeMeanings::of(&codes),
        codes,
        options: parsed(Some(&import.options)).unwrap_or_default(),
        found: import.found.take().map(ImportPreview::from),
        stored: import.stored.take().map(ImportResult::from),
        changes,
        campaigns,
        user: import.user.and_then(|user| users.get(&user).cloned()),
        zone,
        refused: None,
        typed: Vec::new(),
        import,
    })))
}

/// JSON that an earlier version has written may lack what this one shows: then that is not shown.
fn parsed<T: serde::de::DeserializeOwned>(json: Option<&str>) -> Option<T> {
    json.and_then(|json| serde_json::from_str(json).ok())
}
