//! What the store's resources promise, on both engines.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod backup;
mod calls;
mod campaigns;
mod countries;
mod definitions;
mod exports;
mod hooks;
mod imports;
mod isolation;
mod jobs;
mod outbox;
mod recordings;
mod transactions;
