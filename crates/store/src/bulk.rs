//! Many rows at once, on each engine in the way that is quickest there.

use std::collections::BTreeMap;

use sqlx::{
    Arguments, AssertSqlSafe, PgConnection, Postgres, SqliteConnection,
    sqlite::{Sqlite, SqliteArguments},
};

use crate::{
    StoreError,
    db::{Conn, Tx},
    sums::{RollupKey, Sums},
};

/// One column of a bulk insert: its values for all rows.
#[derive(Debug)]
pub(crate) enum BulkColumn {
    Int(Vec<i64>),
    OptInt(Vec<Option<i64>>),
    Text(Vec<String>),
    OptText(Vec<Option<String>>),
    Bool(Vec<bool>),
    OptBool(Vec<Option<bool>>),
    Bytes(Vec<Vec<u8>>),
    OptBytes(Vec<Option<Vec<u8>>>),
}

/// One value, to be written away.
enum BulkValue {
    Int(i64),
    Text(String),
    Bool(bool),
    Bytes(Vec<u8>),
    Null,
}

impl BulkColumn {
    fn len(&self) -> usize {
        match self {
            Self::Int(v) => v.len(),
            Self::OptInt(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::OptText(v) => v.len(),
            Self::Bool(v) => v.len(),
            Self::OptBool(v) => v.len(),
            Self::Bytes(v) => v.len(),
            Self::OptBytes(v) => v.len(),
        }
    }

    fn postgres_array(&self) -> &'static str {
        match self {
            Self::Int(_) | Self::OptInt(_) => "BIGINT[]",
            Self::Text(_) | Self::OptText(_) => "TEXT[]",
            Self::Bool(_) | Self::OptBool(_) => "BOOLEAN[]",
            Self::Bytes(_) | Self::OptBytes(_) => "BYTEA[]",
        }
    }

    /// Takes the value of a row out.
    fn take(&mut self, row: usize) -> BulkValue {
        match self {
            Self::Int(v) => BulkValue::Int(v[row]),
            Self::OptInt(v) => v[row].map_or(BulkValue::Null, BulkValue::Int),
            Self::Text(v) => BulkValue::Text(std::mem::take(&mut v[row])),
            Self::OptText(v) => v[row].take().map_or(BulkValue::Null, BulkValue::Text),
            Self::Bool(v) => BulkValue::Bool(v[row]),
            Self::OptBool(v) => v[row].map_or(BulkValue::Null, BulkValue::Bool),
            Self::Bytes(v) => BulkValue::Bytes(std::mem::take(&mut v[row])),
            Self::OptBytes(v) => v[row].take().map_or(BulkValue::Null, BulkValue::Bytes),
        }
    }
}

/// The columns of a table, all of one length, and their names.
pub(crate) type BulkColumns<'a> = Vec<(&'a str, BulkColumn)>;

/// SQLite's limit on parameters of one statement is 32,766; far fewer are as fast and keep the statement small.
const SQLITE_PARAMETERS: usize = 4_000;
/// From so many rows on, PostgreSQL's COPY is worth its round trips.
const COPY_FROM: usize = 100;
/// How much of a COPY is sent at once, in bytes.
const COPY_BYTES: usize = 64 * 1024;

/// Inserts many rows: `INSERT INTO table (columns) VALUES … conflict`, where `conflict` is empty or an
/// `ON CONFLICT …` clause.
///
/// SQLite takes rows of parameters. PostgreSQL takes rows as one array for each column, which it unnests: it parses and
/// plans once, whatever the number of rows. Through a socket of the same machine it takes rows that are certainly new by
/// COPY, which costs it half. Not over TCP: the driver leaves Nagle's algorithm on, and the end of each COPY would wait for
/// a delayed acknowledgement, 40 ms.
pub(crate) async fn insert_rows(
    conn: &mut Conn,
    table: &str,
    columns: BulkColumns<'_>,
    conflict: &str,
) -> Result<(), StoreError> {
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    debug_assert!(columns.iter().all(|(_, column)| column.len() == rows), "columns of {table} differ in length");
    if rows == 0 {
        return Ok(());
    }
    let inserted = match &mut conn.tx {
        Tx::Sqlite(tx) => insert_values(tx, table, columns, rows, conflict).await,
        Tx::Postgres(tx) if conn.is_local && conflict.is_empty() && rows >= COPY_FROM => {
            copy(tx, table, columns, rows).await
        }
        Tx::Postgres(tx) => insert_arrays(tx, table, columns, conflict).await,
    };
    conn.noted(inserted)
}

/// Adds sums to the rows of a rollup with these keys beside the account's; a row that is not there begins with them.
pub(crate) async fn add_sums<K: RollupKey, S: Sums>(
    conn: &mut Conn,
    account: i64,
    table: &str,
    rows: &BTreeMap<K, S>,
) -> Result<(), StoreError> {
    let keys = K::columns(rows.keys());
    let added = S::COLUMNS.iter().map(|(sum, _)| format!("{sum} = {table}.{sum} + excluded.{sum}"));
    let added = added.collect::<Vec<_>>().join(", ");
    let conflict = format!("ON CONFLICT (account_id, {}) DO UPDATE SET {added}", names(&keys));
    let mut columns = vec![("account_id", BulkColumn::Int(vec![account; rows.len()]))];
    columns.extend(keys);
    for (sum, value) in S::COLUMNS {
        columns.push((*sum, BulkColumn::Int(rows.values().map(value).collect())));
    }
    insert_rows(conn, table, columns, &conflict).await
}

fn names(columns: &BulkColumns<'_>) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// `INSERT … VALUES (?, …), …`, as many rows as a statement takes. While SQLite's thread works on one statement, the
/// parameters of the next are put together here.
async fn insert_values(
    conn: &mut SqliteConnection,
    table: &str,
    mut columns: BulkColumns<'_>,
    rows: usize,
    conflict: &str,
) -> Result<(), StoreError> {
    let most = (SQLITE_PARAMETERS / columns.len()).max(1);
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    let begin = format!("INSERT INTO {table} ({}) VALUES ", names(&columns));
    let text = |rows: usize| format!("{begin}{} {conflict}", vec![row.as_str(); rows].join(", "));
    // The statement of a full length is used again and kept prepared; the last one is not.
    let full = text(most.min(rows));
    let mut next = 0;
    let mut ready = Some(arguments(&mut columns, &mut next, most, rows)?);
    while let Some((count, arguments_now)) = ready.take() {
        let short;
        let sql = if count == most.min(rows) {
            full.as_str()
        } else {
            short = text(count);
            short.as_str()
        };
        let statement = sqlx::query_with::<Sqlite, _>(AssertSqlSafe(sql), arguments_now).persistent(count == most);
        let after =
            async { if next < rows { arguments(&mut columns, &mut next, most, rows).map(Some) } else { Ok(None) } };
        let (done, after) = futures::join!(statement.execute(&mut *conn), after);
        done?;
        ready = after?;
    }
    Ok(())
}

/// The parameters of the next statement, and of how many rows they are.
fn arguments(
    columns: &mut BulkColumns<'_>,
    next: &mut usize,
    most: usize,
    rows: usize,
) -> Result<(usize, SqliteArguments), StoreError> {
    let count = most.min(rows - *next);
    let mut arguments = SqliteArguments::default();
    arguments.reserve(count * columns.len(), 0);
    for row in *next..*next + count {
        for (_, column) in columns.iter_mut() {
            let added = match column.take(row) {
                BulkValue::Int(n) => arguments.add(n),
                BulkValue::Text(text) => arguments.add(text),
                BulkValue::Bool(is) => arguments.add(is),
                BulkValue::Bytes(bytes) => arguments.add(bytes),
                BulkValue::Null => arguments.add(None::<i64>),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
    }
    *next += count;
    Ok((count, arguments))
}

/// `INSERT … SELECT * FROM UNNEST(…)`.
async fn insert_arrays(
    conn: &mut PgConnection,
    table: &str,
    columns: BulkColumns<'_>,
    conflict: &str,
) -> Result<(), StoreError> {
    let arrays = columns.iter().enumerate().map(|(n, (_, column))| format!("${}::{}", n + 1, column.postgres_array()));
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    let sql = format!("INSERT INTO {table} ({}) SELECT * FROM UNNEST({arrays}) {conflict}", names(&columns));
    let mut query = sqlx::query::<Postgres>(AssertSqlSafe(sql));
    for (_, column) in columns {
        query = match column {
            BulkColumn::Int(v) => query.bind(v),
            BulkColumn::OptInt(v) => query.bind(v),
            BulkColumn::Text(v) => query.bind(v),
            BulkColumn::OptText(v) => query.bind(v),
            BulkColumn::Bool(v) => query.bind(v),
            BulkColumn::OptBool(v) => query.bind(v),
            BulkColumn::Bytes(v) => query.bind(v),
            BulkColumn::OptBytes(v) => query.bind(v),
        };
    }
    query.execute(conn).await?;
    Ok(())
}

/// `COPY … FROM STDIN`, in PostgreSQL's binary format (its manual: SQL commands, COPY, "Binary Format").
async fn copy(
    conn: &mut PgConnection,
    table: &str,
    mut columns: BulkColumns<'_>,
    rows: usize,
) -> Result<(), StoreError> {
    let sql = format!("COPY {table} ({}) FROM STDIN WITH (FORMAT binary)", names(&columns));
    let mut copying = conn.copy_in_raw(&sql).await?;
    let mut bytes = Vec::with_capacity(COPY_BYTES + 64 * 1024);
    // The signature, no flags, no header extension.
    bytes.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
    bytes.extend_from_slice(&[0; 8]);
    let fields = (columns.len() as i16).to_be_bytes();
    for row in 0..rows {
        bytes.extend_from_slice(&fields);
        for (_, column) in &mut columns {
            match column.take(row) {
                BulkValue::Int(n) => field(&mut bytes, &n.to_be_bytes()),
                BulkValue::Text(text) => field(&mut bytes, text.as_bytes()),
                BulkValue::Bool(is) => field(&mut bytes, &[u8::from(is)]),
                BulkValue::Bytes(value) => field(&mut bytes, &value),
                BulkValue::Null => bytes.extend_from_slice(&(-1_i32).to_be_bytes()),
            }
        }
        if bytes.len() >= COPY_BYTES {
            copying.send(bytes.as_slice()).await?;
            bytes.clear();
        }
    }
    bytes.extend_from_slice(&(-1_i16).to_be_bytes());
    copying.send(bytes.as_slice()).await?;
    copying.finish().await?;
    Ok(())
}

/// A field: its length and its bytes.
fn field(bytes: &mut Vec<u8>, value: &[u8]) {
    bytes.extend_from_slice(&(value.len() as i32).to_be_bytes());
    bytes.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use domain::{Speaker, TranscriptLine};

    use crate::{
        calls,
        support::{call, on_postgres_socket, send, shop},
        verify,
    };

    #[tokio::test]
    async fn copied_rows_are_the_rows_that_were_sent() {
        on_postgres_socket(async |db| {
            let scope = shop(&db, "copied").await;
            let odd = ["\\", "\t", "\r\n", "\\N", "“Hoà”", "'", "\"", "{1,NULL}", "\u{1f4de}"];
            let sent = |n: usize| {
                let one = call(&format!("c-{n}")).named(&format!("Hoà {n}"), &format!("0900{n:06}")).later(n as i64);
                let one = if n.is_multiple_of(3) { one.talked(n as i64 * 1_000) } else { one };
                one.with(|record| {
                    record.cause = Some(odd[n % odd.len()].to_owned());
                    record.attempt = n.is_multiple_of(2).then_some(7);
                    record.transcript = n.is_multiple_of(5).then(|| {
                        vec![TranscriptLine { at: 0, speaker: Speaker::Bot, text: odd[n % odd.len()].to_owned() }]
                    });
                })
            };
            // As many customers, calls and transcripts as are worth a COPY.
            send(&db, &scope, (0..600).map(sent).collect()).await;
            let mut conn = db.read().await.unwrap();
            assert!(conn.is_local, "reached through its socket");
            for n in 0..600 {
                let record = sent(n).record();
                let stored = calls::lookup(&mut conn, &scope, &record.id).await.unwrap().unwrap();
                let cause = record.cause.as_deref().map(domain::text::one_line).filter(|cause| !cause.is_empty());
                let said = |line: &domain::sight::ShownLine| (line.at, line.speaker, line.text.to_string());
                let said = stored.transcript.iter().flatten().map(said).collect::<Vec<_>>();
                let sent = record.transcript.iter().flatten().map(|line| (line.at, line.speaker, line.text.clone()));
                assert_eq!((stored.cause.as_deref(), said), (cause.as_deref(), sent.collect()));
                assert_eq!((stored.dialed_at, stored.answered_at), (record.dialed_at, record.answered_at));
                assert_eq!((stored.ended_at, &stored.result_code), (record.ended_at, &record.result_code));
                assert_eq!(
                    (stored.contact.name(), stored.contact.phone().map(domain::ShownPhone::as_str)),
                    (record.contact.name.as_deref(), record.contact.phone.as_deref())
                );
                assert_eq!(stored.attempt, record.attempt.unwrap_or(1));
            }
            assert_eq!(verify::recount(&mut conn, &scope, &mut |_| {}).await.unwrap(), []);
        })
        .await;
    }
}
