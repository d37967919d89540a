//! The rows of a table, in the order of its key, portion by portion.

use futures::{StreamExt, stream::BoxStream};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Row, Type, postgres::PgRow, sqlite::SqliteRow};

use super::{ColumnKind, OF_ALL, TableShape};
use crate::{
    Conn, StoreError,
    bulk::{BulkColumn, BulkColumns},
    db::Tx,
};

/// The most rows of a portion, and how many bytes of texts and others end one.
const PORTION: usize = 5_000;
const PORTION_BYTES: usize = 4 * 1024 * 1024;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CopyValue {
    Null,
    Int(i64),
    Text(String),
    Bool(bool),
    Bytes(Vec<u8>),
}

impl CopyValue {
    fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Null | Self::Int(_) | Self::Bool(_) => 8,
        }
    }

    /// Adds it to a hash: its type and length come before it, so that no two rows are written alike.
    fn add_to(&self, hash: &mut Sha256) {
        let (kind, length): (u8, usize) = match self {
            Self::Null => (0, 0),
            Self::Int(_) => (1, 8),
            Self::Text(text) => (2, text.len()),
            Self::Bool(_) => (3, 1),
            Self::Bytes(bytes) => (4, bytes.len()),
        };
        hash.update([kind]);
        hash.update((length as u64).to_be_bytes());
        match self {
            Self::Null => {}
            Self::Int(n) => hash.update(n.to_be_bytes()),
            Self::Text(text) => hash.update(text.as_bytes()),
            Self::Bool(is) => hash.update([u8::from(*is)]),
            Self::Bytes(bytes) => hash.update(bytes),
        }
    }
}

/// What all rows of a table add up to, in whatever order they come: the engines sort texts differently.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowSum {
    pub rows: u64,
    sum: u128,
}

impl RowSum {
    pub fn add(&mut self, portion: &CopyPortion) {
        for row in &portion.0 {
            let mut hash = Sha256::new();
            for value in row {
                value.add_to(&mut hash);
            }
            let hash: [u8; 32] = hash.finalize().into();
            let (half, _) = hash.split_at(16);
            self.sum = self.sum.wrapping_add(u128::from_be_bytes(half.try_into().unwrap_or_default()));
            self.rows += 1;
        }
    }
}

/// Rows that are written together.
#[derive(Debug, Default)]
pub(super) struct CopyPortion(Vec<Vec<CopyValue>>);

impl CopyPortion {
    pub fn rows(&self) -> u64 {
        self.0.len() as u64
    }

    /// Without so many of its first rows.
    pub fn skip(&mut self, rows: u64) {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX).min(self.0.len());
        self.0.drain(..rows);
    }

    pub fn into_columns(self, table: &TableShape) -> BulkColumns<'_> {
        let mut columns: Vec<(&str, BulkColumn)> = table
            .columns
            .iter()
            .map(|(name, kind)| {
                let empty = match kind {
                    ColumnKind::Int => BulkColumn::OptInt(Vec::new()),
                    ColumnKind::Text => BulkColumn::OptText(Vec::new()),
                    ColumnKind::Bool => BulkColumn::OptBool(Vec::new()),
                    ColumnKind::Bytes => BulkColumn::OptBytes(Vec::new()),
                };
                (name.as_str(), empty)
            })
            .collect();
        for row in self.0 {
            for ((_, column), value) in columns.iter_mut().zip(row) {
                match (column, value) {
                    (BulkColumn::OptInt(values), CopyValue::Int(n)) => values.push(Some(n)),
                    (BulkColumn::OptText(values), CopyValue::Text(text)) => values.push(Some(text)),
                    (BulkColumn::OptBool(values), CopyValue::Bool(is)) => values.push(Some(is)),
                    (BulkColumn::OptBytes(values), CopyValue::Bytes(bytes)) => values.push(Some(bytes)),
                    (BulkColumn::OptInt(values), _) => values.push(None),
                    (BulkColumn::OptText(values), _) => values.push(None),
                    (BulkColumn::OptBool(values), _) => values.push(None),
                    (BulkColumn::OptBytes(values), _) => values.push(None),
                    _ => {}
                }
            }
        }
        columns
    }
}

/// The portions of a table.
pub(super) struct CopyPortions<'c>(BoxStream<'c, Result<Vec<CopyValue>, StoreError>>);

impl CopyPortions<'_> {
    /// The next one; none at the end.
    pub async fn next(&mut self) -> Result<Option<CopyPortion>, StoreError> {
        let (mut portion, mut bytes) = (CopyPortion::default(), 0);
        while portion.0.len() < PORTION && bytes < PORTION_BYTES {
            let Some(row) = self.0.next().await.transpose()? else { break };
            bytes += row.iter().map(CopyValue::bytes).sum::<usize>();
            portion.0.push(row);
        }
        Ok(Some(portion).filter(|portion| !portion.0.is_empty()))
    }
}

/// Reads all rows of a table, in the order of its key.
pub(super) fn read_rows<'c>(conn: &'c mut Conn, table: &'c TableShape) -> CopyPortions<'c> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
    let order = if table.key.is_empty() { names.join(", ") } else { table.key.join(", ") };
    let statement = AssertSqlSafe(format!("{OF_ALL} SELECT {} FROM {} ORDER BY {order}", names.join(", "), table.name));
    let rows = match &mut conn.tx {
        Tx::Sqlite(tx) => sqlx::query(statement).fetch(&mut **tx).map(|row| values::<SqliteRow>(&row?, table)).boxed(),
        Tx::Postgres(tx) => sqlx::query(statement).fetch(&mut **tx).map(|row| values::<PgRow>(&row?, table)).boxed(),
    };
    CopyPortions(rows)
}

fn values<R: Row>(row: &R, table: &TableShape) -> Result<Vec<CopyValue>, StoreError>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    let value = |(place, (_, kind)): (usize, &(String, ColumnKind))| {
        let value = match kind {
            ColumnKind::Int => row.try_get::<Option<i64>, _>(place)?.map(CopyValue::Int),
            ColumnKind::Text => row.try_get::<Option<String>, _>(place)?.map(CopyValue::Text),
            ColumnKind::Bool => row.try_get::<Option<bool>, _>(place)?.map(CopyValue::Bool),
            ColumnKind::Bytes => row.try_get::<Option<Vec<u8>>, _>(place)?.map(CopyValue::Bytes),
        };
        Ok(value.unwrap_or(CopyValue::Null))
    };
    table.columns.iter().enumerate().map(value).collect()
}
