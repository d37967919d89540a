//! Where the program runs in the tests that kill it: a folder of its own, and a database of either engine that the test looks into beside
//! it, and holds it up in.

use std::{path::PathBuf, process::Command, time::Duration};

use sqlx::{
    AssertSqlSafe, Connection, Executor, FromRow, PgConnection, SqliteConnection, postgres::PgRow, sqlite::SqliteRow,
};
use tokio::sync::Mutex;

use crate::{
    commands::program,
    crash::Serving,
    harness::{Harness, PostgresDatabase},
    hooks::SECRET_KEY,
};

/// Runs each test with the program on SQLite and on PostgreSQL.
macro_rules! on_each_engine {
    ($($(#[$meta:meta])* async fn $name:ident($place:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn on_either($place: &$crate::place::Place) $body

            #[test]
            fn sqlite() {
                $crate::harness::run(async { on_either(&$crate::place::Place::on_sqlite()).await });
            }

            #[test]
            fn postgres() {
                $crate::harness::run(async {
                    let place = $crate::place::Place::on_postgres().await;
                    on_either(&place).await;
                    place.remove().await;
                });
            }
        }
    )+};
}
pub(crate) use on_each_engine;

/// A row of either engine.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// See the module.
pub struct Place {
    pub folder: tempfile::TempDir,
    /// The address of its database.
    pub database: String,
    postgres: Option<PostgresDatabase>,
    /// While it is held up on PostgreSQL: the connection with the lock for which it waits.
    gate: Mutex<Option<PgConnection>>,
}

/// The lock for which the program waits that is held up.
const GATE: i64 = 815;

impl Place {
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/data/ringside.db", folder.path().display());
        Self { folder, database, postgres: None, gate: Mutex::default() }
    }

    pub async fn on_postgres() -> Self {
        let postgres = PostgresDatabase::create().await;
        let database = postgres.address.clone();
        Self { folder: tempfile::tempdir().unwrap(), database, postgres: Some(postgres), gate: Mutex::default() }
    }

    /// Takes the database away.
    pub async fn remove(self) {
        if let Some(postgres) = self.postgres {
            postgres.remove().await;
        }
    }

    /// The program with what it needs to find the database; what it keeps is in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path(), arguments);
        command.env("RINGSIDE_DATABASE_URL", &self.database).env("RINGSIDE_SECRET_KEY", SECRET_KEY);
        command
    }

    /// What a command prints.
    pub fn printed(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub async fn serve(&self) -> Serving {
        self.serve_with(&[]).await
    }

    /// The program, serving, with these settings beside.
    pub async fn serve_with(&self, variables: &[(&str, &str)]) -> Serving {
        let mut command = self.command(&["serve"]);
        command.envs(variables.iter().copied());
        Serving::start_by(command).await
    }

    /// A server within the test, on the same database and files, with an account of its own; it runs jobs only where it is asked to.
    pub async fn beside(&self, settings: &[(&str, &str)]) -> Harness {
        let recordings = format!("file://{}", self.folder.path().join("data/recordings").display());
        let mut all = vec![("RINGSIDE_RECORDINGS", recordings.as_str())];
        all.extend(settings);
        Harness::start(&self.database, tempfile::tempdir().unwrap(), &all).await
    }

    /// Every stored total agrees with the calls.
    pub fn verify(&self) {
        self.printed(&["verify"]);
    }

    /// Runs SQL beside the program.
    pub async fn sql(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.postgres.is_some() {
            self.postgres_beside().await.execute(sql).await.unwrap();
        } else {
            self.sqlite_beside().await.execute(sql).await.unwrap();
        }
    }

    /// What a query gives, which both engines understand.
    pub async fn rows<T: Row>(&self, query: &str) -> Vec<T> {
        let sql = AssertSqlSafe(query.to_owned());
        if self.postgres.is_some() {
            sqlx::query_as(sql).fetch_all(&mut self.postgres_beside().await).await.unwrap()
        } else {
            sqlx::query_as(sql).fetch_all(&mut self.sqlite_beside().await).await.unwrap()
        }
    }

    /// The number that a query gives.
    pub async fn number(&self, query: &str) -> i64 {
        self.rows::<(i64,)>(query).await[0].0
    }

    pub async fn sqlite_beside(&self) -> SqliteConnection {
        SqliteConnection::connect(&self.database).await.unwrap()
    }

    pub async fn postgres_beside(&self) -> PgConnection {
        PgConnection::connect(&self.database).await.unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// Waits until a query gives something that is not 0; what never comes fails the test. Nothing tells of the change of a row.
    pub async fn until(&self, query: &str) {
        let becomes = async {
            while self.number(query).await == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), becomes).await.unwrap_or_else(|_| panic!("never: {query}"));
    }

    /// From now on what is written does this, too: `on` is such as `BEFORE UPDATE OF status ON jobs`, `when` a condition on `NEW` and `OLD`.
    async fn trigger(&self, name: &str, on: &str, when: &str, body: &str) {
        self.sql(&if self.is_postgres() {
            format!(
                "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN {body} RETURN COALESCE(NEW, OLD); END $$;
                 CREATE TRIGGER {name} {on} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()"
            )
        } else {
            format!("CREATE TRIGGER {name} {on} WHEN {when} BEGIN {body} END")
        })
        .await;
    }

    /// Takes such a trigger away again.
    pub async fn without(&self, name: &str, table: &str) {
        let of = if self.is_postgres() { format!(" ON {table}") } else { String::new() };
        self.sql(&format!("DROP TRIGGER {name}{of}")).await;
    }

    /// As `on` and `when` say, this is done besides: statements that both engines understand.
    pub async fn also(&self, name: &str, on: &str, when: &str, statements: &str) {
        self.trigger(name, on, when, statements).await;
    }

    /// What `on` and `when` say fails.
    pub async fn fails(&self, name: &str, on: &str, when: &str) {
        let body = if self.is_postgres() { "RAISE EXCEPTION 'not yet';" } else { "SELECT RAISE(ABORT, 'not yet');" };
        self.trigger(name, on, when, body).await;
    }

    /// Whoever does what `on` and `when` say does not come to an end of it: the process is held up within a transaction, until it
    /// is killed.
    pub async fn hold_up(&self, on: &str, when: &str) {
        let body = if self.is_postgres() {
            let mut gate = self.postgres_beside().await;
            gate.execute(AssertSqlSafe(format!("SELECT pg_advisory_lock({GATE})"))).await.unwrap();
            *self.gate.lock().await = Some(gate);
            format!("PERFORM pg_advisory_xact_lock({GATE});")
        } else {
            let counts = "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)
                          SELECT MAX(n) AS n FROM counted";
            self.sql(&format!("CREATE VIEW IF NOT EXISTS without_end AS {counts}")).await;
            "SELECT n FROM without_end;".to_owned()
        };
        self.trigger("held_up", on, when, &body).await;
    }

    /// Once the process was killed: nobody is held up any more. What it was at is undone, as its connection is gone.
    pub async fn let_go(&self, table: &str) {
        if let Some(gate) = self.gate.lock().await.take() {
            gate.close().await.unwrap();
        }
        self.without("held_up", table).await;
    }

    /// The minute of a killed process' lease is over.
    pub async fn lease_ends(&self, kind: &str) {
        // As if no process had ended with it before: the runner's own tests try that a job which goes on doing so has to wait.
        self.sql(&format!("UPDATE jobs SET due_at = 1, attempts = 1 WHERE kind = '{kind}' AND due_at IS NOT NULL"))
            .await;
    }

    /// What is in the object store.
    pub fn objects(&self) -> Vec<PathBuf> {
        let folders = std::fs::read_dir(self.folder.path().join("data/recordings"));
        let folders = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path()).collect()
    }
}
