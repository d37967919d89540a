//! A file of calls that is brought in over HTTP: streamed to the object store as it comes, then a row and a job.

use axum::body::Bytes;
use domain::{
    Account, FieldError,
    import::{ImportOptions, OtherCalls},
    limits::{IMPORT_BYTES, IMPORT_SECONDS, NAME_CHARS, UNFINISHED_IMPORTS, UPLOADS_OF_AN_ACCOUNT},
    text,
};
use futures::Stream;
use store::{
    Scope, accounts,
    audit::{self, Action, Actor, Event},
    imports::{self, NewImport},
    mappings, objects,
};

use super::{
    database::Database,
    problem::Problem,
    received::{self, Pace},
};
use crate::{
    context::Context,
    importing,
    recordings::{PutError, Recordings},
    turns::{Full, Turn},
};

/// What is asked of an upload, before its body is read.
pub struct UploadRequest {
    /// The file's name.
    pub name: String,
    /// How it is read.
    pub options: ImportOptions,
    /// Whether its calls are stored at once; else somebody sees first what would come of it.
    pub at_once: bool,
    pub actor: Actor,
}

/// A turn to bring a file in, and whether there is room for another one at all: who would be refused in the end need not send
/// gigabytes.
pub async fn begin(context: &Context, scope: &Scope, database: &mut Database) -> Result<Turn, Problem> {
    let turn = context.uploads.try_take(scope.account()).map_err(|full| match full {
        Full::OfAccount => Problem::too_many(format!(
            "this account sends {UPLOADS_OF_AN_ACCOUNT} files already; wait until one of them is there"
        )),
        Full::All => Problem::unavailable("too many files come in now; send it again in a moment"),
    })?;
    if imports::has_room(&mut *database.read().await?, scope).await? {
        Ok(turn)
    } else {
        Err(Problem::too_many(format!(
            "{UNFINISHED_IMPORTS} files of this account wait to be read; wait for one of them"
        )))
    }
}

/// Whether a file can be read as is asked; a mapping that is named is looked up.
pub async fn check(scope: &Scope, database: &mut Database, options: &mut ImportOptions) -> Result<(), Problem> {
    let mut conn = database.read().await?;
    if let (Some(name), None) = (&options.mapping_name, &options.mapping) {
        let kept = mappings::lookup(&mut conn, scope, name).await?;
        let kept = kept.ok_or_else(|| Problem::field("mapping", "is not the name of a mapping of this account"))?;
        options.mapping = Some(kept.mapping);
    }
    let account: Account = accounts::lookup(&mut conn, scope).await?;
    importing::options(options, &account).map(|_| ()).map_err(Problem::invalid)
}

/// Takes a file in and leaves it to a job; gives the import's number.
pub async fn take<E: Send>(
    context: &Context,
    scope: &Scope,
    database: &mut Database,
    asked: &UploadRequest,
    body: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
) -> Result<i64, Problem> {
    let now = || (context.clock)();
    let name = file_name(&asked.name);
    let options = serde_json::to_string(&asked.options).map_err(|error| Problem::internal(&error))?;
    let object = Recordings::new_name(scope.account());
    // Whatever becomes of this process, what it stores is found again.
    let mut conn = database.write().await?;
    objects::loosen(&mut conn, scope, &object, now()).await?;
    conn.commit().await?;
    let body = Box::pin(received::in_time(body, IMPORT_BYTES, Pace::within(IMPORT_SECONDS), too_large));
    let put = context.recordings.put_stream(&object, body).await;
    let bytes = match put {
        Ok(0) => Err(Problem::field("body", "is empty; send the file")),
        Ok(bytes) => Ok(bytes),
        Err(PutError::Source(problem)) => Err(problem),
        Err(PutError::Storage(error)) => Err(error.into()),
    };
    let noted = async {
        let bytes = bytes?;
        let mut conn = database.write().await?;
        let new = NewImport { name: &name, bytes, object: &object, options: &options, at_once: asked.at_once };
        let key = imports::add(&mut conn, scope, &new, now()).await?;
        if asked.at_once {
            audit::record(&mut conn, scope, &asked.actor, &Event::of(Action::Imported, &name), now()).await?;
        }
        conn.commit().await?;
        Ok(key)
    };
    let kept: Result<i64, Problem> = noted.await;
    if kept.is_err() {
        // Nothing refers to the object; what cannot be deleted now is loose.
        context.recordings.delete(&object).await;
    }
    kept
}

fn too_large() -> Problem {
    Problem::too_large("a file is at most 5 GB; pack it, or send it in parts")
}

/// The name of a file as lists show it.
fn file_name(sent: &str) -> String {
    // Some browsers send the way to it, too.
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = text::one_line(last).chars().take(NAME_CHARS).collect();
    if name.is_empty() { "calls".to_owned() } else { name }
}

/// A parameter that says how a file is read, by its name; `false`: it is none.
pub fn parameter(options: &mut ImportOptions, name: &str, value: &str) -> Result<bool, FieldError> {
    let text = || Some(value.to_owned()).filter(|value| !value.is_empty());
    match name {
        "format" => options.format = text(),
        "timezone" => options.timezone = text(),
        "mapping" => options.mapping_name = text(),
        "campaign" => {
            let id = text().map(domain::CampaignId::new).transpose();
            options.campaign = id.map_err(|error| FieldError::new(name, error.to_string()))?;
        }
        "inbound" => {
            let asked = text().map(OtherCalls::try_from).transpose();
            options.inbound = asked.map_err(|error| FieldError::new(name, error.to_string()))?.unwrap_or_default();
        }
        "create" => options.create = yes_or_no(name, value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// `true` or `false`; anything else is refused, and not taken for one of them.
pub fn yes_or_no(name: &str, value: &str) -> Result<bool, FieldError> {
    value.parse().map_err(|_| FieldError::new(name, "is true or false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_the_last_part_of_what_was_sent() {
        for (sent, name) in [
            ("calls.csv", "calls.csv"),
            ("C:\\Users\\Lan\\Cuộc gọi.xlsx", "Cuộc gọi.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("", "calls"),
            ("a\r\nb", "a b"),
        ] {
            assert_eq!(file_name(sent), name);
        }
        assert_eq!(file_name(&"ế".repeat(1_000)).chars().count(), NAME_CHARS);
    }
}
