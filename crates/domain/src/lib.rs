//! The vocabulary and the rules of Ringside.
//!
//! Everything here is pure: no I/O, no clock, no database. The definitions follow `docs/METRICS.md`;
//! the JSON shapes are those of `docs/API.md`.

#![warn(missing_docs)]

pub mod account;
pub mod against;
pub mod attributes;
pub mod call;
pub mod campaign;
pub mod campaign_query;
pub mod cause;
pub mod comparison;
pub mod country;
pub mod credential;
pub mod customer;
pub mod customer_filter;
pub mod digits;
pub mod email;
mod field_error;
pub mod filter;
pub mod forecast;
pub mod format;
pub mod hidden_numbers;
pub mod histogram;
pub mod hook;
pub mod id;
pub mod import;
pub mod import_sight;
pub mod input;
pub mod interval;
pub mod language;
pub mod limits;
pub mod money;
mod not_a_number;
#[cfg(feature = "numbering")]
mod numbering;
pub mod outcome;
pub mod own_dimension;
pub mod phone;
pub mod plan;
mod rate;
pub mod rate_change;
pub mod report;
pub mod result_text;
pub mod said;
pub mod search;
mod sent_code;
pub mod sight;
mod sort;
mod spoken_digits;
pub mod tariff;
pub mod text;
pub mod time;
pub mod token_scope;
pub mod usage;

#[cfg(feature = "zones")]
pub use account::Account;
pub use account::Role;
pub use call::{Call, CallRecord, ContactRef, HangupBy, Speaker, TranscriptLine};
pub use campaign::{Campaign, CampaignState, CampaignSummary, Voicebot};
pub use campaign_query::{CampaignOrder, CampaignQuery, CampaignSort};
pub use comparison::{Comparison, ComparisonQuery};
pub use country::Country;
pub use customer::Customer;
pub use customer_filter::CustomerFilter;
pub use field_error::FieldError;
pub use filter::{CallFilter, CallSort, ReportQuery};
pub use forecast::Forecast;
pub use hook::{HookSource, SecretOrigin};
pub use id::{CallId, CampaignId, Code, ContactId, VoicebotId};
pub use input::InputError;
pub use language::Language;
pub use money::{Currency, Money};
pub use outcome::{CallClass, CodeMeanings, ResultCode};
pub use own_dimension::{OwnDimension, OwnFilter};
pub use plan::Plan;
pub use report::{Rate, Report};
pub use said::SaidQuery;
pub use sight::{ShownContact, ShownPhone, Sight};
pub use tariff::{Tariff, Vat};
pub use time::{DateRange, Day, Period, Timestamp};
pub use token_scope::TokenScope;
pub use usage::{Month, Usage, UsageDays, UsageQuery};
