//! Every column of the database that holds text, and what may stand in it: so that whoever adds one says whether others fill it, and the
//! test of hostile texts fills it.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::harness::Harness;

/// What others write, filled with hostile texts by `hostile_texts`, or made of them.
const TEXTS_OF_OTHERS: &[(&str, &str)] = &[
    ("accounts", "name own_name"),
    ("audit_entries", "actor subject details"),
    ("call_details", "transcript attributes"),
    ("call_notes", "text written_by"),
    ("calls", "id result_code cause recording_url"),
    ("causes", "cause"),
    ("campaigns", "id name search plan"),
    ("contacts", "id phone phone_key name search attributes latest_code ended_codes"),
    ("day_notes", "text written_by"),
    ("exports", "query"),
    ("hook_agents", "agent name"),
    ("hook_bodies", "call reason"),
    ("hook_calls", "call agent said"),
    ("hooks", "name mapping"),
    ("import_calls", "call_id"),
    ("imports", "name options found stored"),
    ("mailings", "letter"),
    ("mappings", "name mapping"),
    ("own_dimensions", "attribute label_vi label_en"),
    ("own_values", "value"),
    ("people", "name"),
    ("recording_credentials", "name"),
    ("result_codes", "code label_vi label_en"),
    ("result_words", "word word_key"),
    ("saved_views", "name address"),
    ("rollup_days", "code"),
    ("rollup_hours", "code"),
    ("rollup_own", "code"),
    ("rollup_week", "code"),
    ("sessions", "agent"),
    ("sso_groups", "name"),
    ("tokens", "name"),
    ("usage_account_codes", "code"),
    ("usage_codes", "code"),
    ("voicebots", "id name"),
];

/// What nobody can write a text into that gets out of anything: why, and which.
const NO_TEXTS: &[(&str, &[(&str, &str)])] = &[
    (
        "words of a list of ours",
        &[
            ("accounts", "timezone currency language country"),
            ("audit_entries", "actor_kind action"),
            ("service_entries", "actor_kind action details"),
            ("calls", "hangup_by"),
            ("contacts", "latest_hangup_by"),
            ("rollup_endings", "hangup_by"),
            ("campaigns", "state"),
            ("code_changes", "counts_as phase"),
            ("exports", "role status"),
            ("hook_agents", "source others"),
            ("hook_bodies", "source state"),
            ("hook_calls", "source"),
            ("hooks", "source refused_why"),
            ("imports", "status failure"),
            ("invitations", "role"),
            ("jobs", "kind status"),
            ("mailings", "kind"),
            ("mails", "status"),
            ("quota_notices", "quota"),
            ("recording_credentials", "scheme"),
            ("recording_fetches", "status reason"),
            ("recordings", "content_type"),
            ("result_codes", "color counts_as"),
            ("sso_groups", "role"),
            ("tariffs", "vat"),
            ("tokens", "scopes"),
            ("users", "role"),
        ],
    ),
    (
        "keys, hashes, names of objects and secrets that we make",
        &[
            ("calls", "own_values"),
            ("exports", "export_key object reference"),
            ("import_calls", "hash_before"),
            ("imports", "object report"),
            ("jobs", "once_key lease"),
            ("loose_objects", "object"),
            ("mailings", "link_secret workbook"),
            ("mappings", "fingerprint"),
            ("mails", "message_id stop_secret"),
            ("people", "password_hash"),
            ("recordings", "object playable_object"),
        ],
    ),
    (
        "addresses, which have a form of their own (`domain::input`)",
        &[
            ("accounts", "report_emails"),
            ("audit_entries", "address"),
            ("service_entries", "actor address subject"),
            ("campaigns", "report_emails"),
            ("invitations", "email"),
            ("mails", "recipient"),
            ("people", "email"),
            ("recording_credentials", "host"),
            ("sessions", "address"),
            ("sso_identities", "issuer email"),
            ("users", "email"),
        ],
    ),
    (
        "ids of things that others name, which these only refer to, and are checked against",
        &[
            ("audit_entries", "customer"),
            ("code_changes", "code"),
            ("hook_agents", "campaign voicebot"),
            ("invitations", "campaigns voicebots"),
            ("result_words", "code"),
        ],
    ),
    (
        "a text that stands in another column, too",
        &[("calls", "phone redial_code"), ("recording_fetches", "url"), ("rollup_planned", "redials")],
    ),
    (
        "numbers and figures that we count",
        &[("exports", "written"), ("mailings", "figures"), ("recordings", "peaks"), ("rollup_planned", "minutes")],
    ),
    (
        "what is never shown as it is: it is read by the program again",
        &[
            ("hook_calls", "leg"),
            ("import_calls", "record_before"),
            ("import_names", "name_before name_since"),
            ("jobs", "payload last_words"),
            ("sessions", "sso_issuer sso_subject sso_sid"),
            ("sso_identities", "subject"),
        ],
    ),
    ("a number that is being forgotten, shown nowhere", &[("erasures", "phone_key")]),
    ("what a mail server says, tried by `words_are_on_one_line` of the mail", &[("mails", "answer")]),
];

/// Text columns, each as `table.column`.
fn columns(listed: &[(&str, &str)]) -> BTreeSet<String> {
    let each = |(table, columns): &(&str, &str)| {
        columns.split(' ').map(|column| format!("{table}.{column}")).collect::<Vec<_>>()
    };
    listed.iter().flat_map(each).collect()
}

/// The first column of each row.
async fn ask(at: &Harness, sqlite: &str, postgres: &str) -> Vec<String> {
    if at.database.starts_with("sqlite") {
        let mut conn = SqliteConnection::connect(&at.database).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(sqlite)).fetch_all(&mut conn).await.unwrap()
    } else {
        let mut conn = PgConnection::connect(&at.database).await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(postgres)).fetch_all(&mut conn).await.unwrap()
    }
}

/// Asserts that each text column is in one of the lists, and that those of others are filled.
pub async fn are_all_filled(at: &Harness) {
    let there: BTreeSet<String> = ask(
        at,
        "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations' AND c.type = 'TEXT'",
        "SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' AND data_type IN ('text', 'jsonb', 'json')",
    )
    .await
    .into_iter()
    .collect();
    let mut listed = columns(TEXTS_OF_OTHERS);
    for (why, those) in NO_TEXTS {
        for column in columns(those) {
            assert!(listed.insert(column.clone()), "{column} is listed twice, once as {why}");
        }
    }
    let unknown: Vec<_> = there.difference(&listed).collect();
    assert!(unknown.is_empty(), "say in `text_columns` what may stand in {unknown:?}, and fill it where others may");
    let gone: Vec<_> = listed.difference(&there).collect();
    assert!(gone.is_empty(), "there are no such columns: {gone:?}");
    let mut empty = Vec::new();
    for column in columns(TEXTS_OF_OTHERS) {
        let (table, name) = column.split_once('.').unwrap();
        // Keys under which texts are found are letters and digits alone.
        let sql = format!(
            "SELECT '{column}' FROM {table}
             WHERE LOWER(CAST({name} AS TEXT)) LIKE '%ring-x%' OR LOWER(CAST({name} AS TEXT)) LIKE '%ringx%' LIMIT 1"
        );
        if ask(at, &sql, &sql).await.is_empty() {
            empty.push(column);
        }
    }
    assert!(empty.is_empty(), "no hostile text is in {empty:?}");
}
