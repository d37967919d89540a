//! A whole database copied into another one, of whichever engine: table by table, parents before what refers to them, a portion of rows
//! in a transaction. What a broken copy has brought over stays, and the next one goes on behind it.
//!
//! The source is read in one snapshot from the beginning to the end, so a copy is the state of one moment. Both schemas are the same
//! (`schema`), so rows need no translation; every index and every total is a table of its own and comes along.

mod reading;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Executor};

use self::reading::{RowSum, read_rows};
use crate::{
    Conn, Db, StoreError,
    bulk::insert_rows,
    db::{Tx, fetch_one},
};

/// In a database into which a copy is under way: nothing else may use it.
const MARK: &str = "unfinished_copy";

/// How the tables begin that each engine has in its own form: an index of what was said is made anew in the copy.
const OWN: &str = "said_";

/// Before statements of all accounts, for the test that finds those that name none.
const OF_ALL: &str = "/* all accounts */";

/// What a column holds; the schema has no other types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Int,
    Text,
    Bool,
    Bytes,
}

/// A table of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TableShape {
    name: String,
    columns: Vec<(String, ColumnKind)>,
    /// The columns of the primary key, in order.
    key: Vec<String>,
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// As it is called in both databases.
    pub name: String,
    /// Its rows in the source.
    pub rows: u64,
    /// Its rows in the copy, read again after they were written.
    pub copied: u64,
    /// Whether both have the same rows, value by value.
    pub agrees: bool,
}

/// A copy that is under way.
#[derive(Debug)]
pub struct Copying<'a> {
    source: Conn,
    to: &'a Db,
    /// Parents first.
    tables: Vec<TableShape>,
}

/// Whether a copy into this database was begun and has not ended.
///
/// # Errors
/// Where the database cannot be read.
pub async fn is_unfinished(conn: &mut Conn) -> Result<bool, StoreError> {
    let found = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'unfinished_copy'";
    let (found,): (i64,) = match &mut conn.tx {
        Tx::Sqlite(tx) => sqlx::query_as(found).fetch_one(&mut **tx).await?,
        Tx::Postgres(tx) => {
            let found = "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('unfinished_copy')";
            sqlx::query_as(found).fetch_one(&mut **tx).await?
        }
    };
    Ok(found > 0)
}

impl<'a> Copying<'a> {
    /// Begins a copy, or goes on with one.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where the copy's place has an account or a person of its own.
    pub async fn begin(from: &Db, to: &'a Db) -> Result<Self, StoreError> {
        let mut source = from.read().await?;
        let tables = tables(&mut source).await?;
        let mut conn = to.write().await?;
        if !is_unfinished(&mut conn).await? {
            let (people, accounts): (i64, i64) = fetch_one!(
                &mut conn,
                (i64, i64),
                "SELECT (SELECT COUNT(*) FROM people) AS people, (SELECT COUNT(*) FROM accounts) AS accounts",
            )?;
            if people + accounts > 0 {
                let reason = "is in use: a copy goes into an empty database";
                return Err(StoreError::Invalid(domain::FieldError::new("the copy's database", reason)));
            }
            run(&mut conn, &format!("CREATE TABLE {MARK} (begun BIGINT NOT NULL)")).await?;
            // What the migrations put there.
            for table in tables.iter().rev() {
                run(&mut conn, &format!("DELETE FROM {}", table.name)).await?;
            }
        }
        conn.commit().await?;
        Ok(Self { source, to, tables })
    }

    /// How many tables there are to copy.
    pub fn tables(&self) -> usize {
        self.tables.len()
    }

    /// Copies a table, from 0, behind what was copied before, and compares; `told` gets how many rows were read since it was last called.
    ///
    /// # Errors
    /// Where either database fails. The next copy goes on behind the last portion.
    pub async fn copy(&mut self, nth: usize, told: &mut (dyn FnMut(u64) + Send)) -> Result<CopiedTable, StoreError> {
        let table = &self.tables[nth];
        let begun = count(&mut self.to.read().await?, table).await?;
        let mut source = RowSum::default();
        let mut portions = read_rows(&mut self.source, table);
        while let Some(mut portion) = portions.next().await? {
            told(portion.rows());
            let before = source.rows;
            source.add(&portion);
            // What an earlier run has brought over is read again, to be compared, and not written.
            portion.skip(begun.saturating_sub(before));
            if portion.rows() > 0 {
                let mut conn = self.to.write().await?;
                insert_rows(&mut conn, &table.name, portion.into_columns(table), "").await?;
                conn.commit().await?;
            }
        }
        drop(portions);
        let mut copied = RowSum::default();
        let mut conn = self.to.read().await?;
        let mut portions = read_rows(&mut conn, table);
        while let Some(portion) = portions.next().await? {
            copied.add(&portion);
        }
        Ok(CopiedTable { name: table.name.clone(), rows: source.rows, copied: copied.rows, agrees: source == copied })
    }

    /// The snapshot that is copied, for whoever compares what follows from it.
    pub fn source(&mut self) -> &mut Conn {
        &mut self.source
    }

    /// Lets the copy be used.
    ///
    /// # Errors
    /// Where it cannot be written to.
    pub async fn end(self) -> Result<(), StoreError> {
        let mut conn = self.to.write().await?;
        run(&mut conn, &format!("DROP TABLE {MARK}")).await?;
        if let Tx::Postgres(_) = &conn.tx {
            // It plans by what it knows of its tables, and has only just got them.
            run(&mut conn, "ANALYZE").await?;
        }
        conn.commit().await
    }
}

/// Runs a statement that has no parameters, made of names of the schema alone.
async fn run(conn: &mut Conn, statement: &str) -> Result<(), StoreError> {
    let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
    match &mut conn.tx {
        Tx::Sqlite(tx) => tx.execute(statement).await.map(drop)?,
        Tx::Postgres(tx) => tx.execute(statement).await.map(drop)?,
    }
    Ok(())
}

async fn count(conn: &mut Conn, table: &TableShape) -> Result<u64, StoreError> {
    let statement = AssertSqlSafe(format!("{OF_ALL} SELECT COUNT(*) FROM {}", table.name));
    let (rows,): (i64,) = match &mut conn.tx {
        Tx::Sqlite(tx) => sqlx::query_as(statement).fetch_one(&mut **tx).await?,
        Tx::Postgres(tx) => sqlx::query_as(statement).fetch_one(&mut **tx).await?,
    };
    Ok(rows.cast_unsigned())
}

/// A column as the engine describes it: its table, name, type in small letters, and its place in the primary key, from 1, or 0.
type DescribedColumn = (String, String, String, i64);

/// The tables of the schema, parents before what refers to them.
async fn tables(conn: &mut Conn) -> Result<Vec<TableShape>, StoreError> {
    let (columns, references): (Vec<DescribedColumn>, Vec<(String, String)>) = match &mut conn.tx {
        Tx::Sqlite(tx) => (
            sqlx::query_as(
                "SELECT m.name, c.name, LOWER(c.type), c.pk FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid",
            )
            .fetch_all(&mut **tx)
            .await?,
            sqlx::query_as(
                "SELECT m.name, f.\"table\" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
                 WHERE m.type = 'table'",
            )
            .fetch_all(&mut **tx)
            .await?,
        ),
        Tx::Postgres(tx) => (
            sqlx::query_as(
                "SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
                        COALESCE(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint
                 FROM pg_class c
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                 LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
                 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
                 ORDER BY c.relname, a.attnum",
            )
            .fetch_all(&mut **tx)
            .await?,
            sqlx::query_as(
                "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'",
            )
            .fetch_all(&mut **tx)
            .await?,
        ),
    };
    let mut tables = BTreeMap::<String, Vec<DescribedColumn>>::new();
    for column in columns {
        tables.entry(column.0.clone()).or_default().push(column);
    }
    tables.retain(|name, _| name != "_sqlx_migrations" && name != MARK && !name.starts_with(OWN));
    let mut parents = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (table, parent) in references.iter().filter(|(table, parent)| table != parent) {
        parents.entry(table).or_default().insert(parent);
    }
    let mut ordered: Vec<TableShape> = Vec::with_capacity(tables.len());
    let mut done = BTreeSet::new();
    while done.len() < tables.len() {
        let before = done.len();
        for (name, columns) in &tables {
            let waits = parents.get(name.as_str()).is_some_and(|parents| !parents.is_subset(&done));
            if !waits && done.insert(name.as_str()) {
                ordered.push(described(name, columns)?);
            }
        }
        if done.len() == before {
            return Err(StoreError::Broken("tables that refer to each other in a circle".to_owned()));
        }
    }
    Ok(ordered)
}

fn described(name: &str, columns: &[DescribedColumn]) -> Result<TableShape, StoreError> {
    let kind = |kind: &str| match kind {
        "bigint" => Ok(ColumnKind::Int),
        "text" => Ok(ColumnKind::Text),
        "boolean" => Ok(ColumnKind::Bool),
        "blob" | "bytea" => Ok(ColumnKind::Bytes),
        other => Err(StoreError::Broken(format!("type {other} of a column of {name}"))),
    };
    let mut key: Vec<(i64, String)> =
        columns.iter().filter(|column| column.3 > 0).map(|column| (column.3, column.1.clone())).collect();
    key.sort();
    Ok(TableShape {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|column| Ok((column.1.clone(), kind(&column.2)?)))
            .collect::<Result<_, StoreError>>()?,
        key: key.into_iter().map(|(_, name)| name).collect(),
    })
}
