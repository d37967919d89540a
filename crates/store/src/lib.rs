//! The database of Ringside: all SQL, written once for SQLite and PostgreSQL.
//!
//! Every function takes a [`Conn`], which is a transaction that the caller owns, and (but for signing in) a [`Scope`]:
//! nothing of another account is ever found. `lookup` answers `None` for what is not there; what a person did wrong is
//! [`StoreError::Invalid`].

#![warn(missing_docs)]

// The tests' shared module names the crate from outside; the tests within use it, too.
#[cfg(test)]
extern crate self as store;

pub mod account_totals;
pub mod accounts;
pub mod audit;
mod bulk;
pub mod call_notes;
pub mod calls;
pub mod campaigns;
pub mod chosen;
pub mod contacts;
pub mod copying;
mod cost;
mod cursor;
pub mod customer_columns;
pub mod customers;
pub mod day_notes;
mod db;
mod dialect;
pub mod endings;
pub mod erasure;
mod error;
pub mod exports;
pub mod figures;
mod forecast;
pub mod hooks;
pub mod imports;
pub mod ingest;
pub mod invitations;
pub mod jobs;
mod live;
pub mod mappings;
mod meanings;
mod network_file_system;
pub mod objects;
mod one_conn;
pub mod operators;
pub mod outbox;
pub mod own_dimensions;
pub mod own_filling;
mod own_sums;
pub mod password_links;
pub mod people;
mod planned;
mod pricing;
mod put;
mod quota;
pub mod quotas;
pub mod rate_parts;
mod readiness;
pub mod recipients;
pub mod recording_credentials;
pub mod recording_fetches;
pub mod recording_files;
pub mod recordings;
pub mod report;
pub mod repricing;
mod request;
pub mod result_codes;
pub mod result_words;
mod rollup;
pub mod said;
pub mod said_index;
#[cfg(test)]
mod schema;
mod scope;
pub mod search_index;
pub mod seen;
pub mod sessions;
mod sql;
pub mod sso;
mod sums;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;
pub mod tariffs;
mod timeline;
pub mod tokens;
pub mod usage;
mod usage_rollup;
pub mod users;
pub mod verify;
pub mod views;
pub mod voicebots;

pub use chosen::Chosen;
pub use cost::{Cost, CostFigures};
pub use cursor::PageRequest;
pub use db::{Conn, Db, DbOptions, FoundDatabase, PoolState};
pub use error::{Outage, StoreError};
pub use live::Change;
pub use one_conn::{ConnGuard, SerialDb, Snapshots};
pub use put::Put;
pub use request::{ReadPermit, ReadQueue, RequestDb, SnapshotGuard};
pub use scope::Scope;
pub use users::User;
