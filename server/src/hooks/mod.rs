//! Webhooks of other systems: whether one is really theirs ([`signatures`]), how it is stored before it is answered ([`Inbox`]),
//! and what it says of calls ([`WebhookReader`]).

mod inbox;
mod reading;
pub mod signatures;

pub use self::{
    inbox::{Inbox, NotKept},
    reading::{WebhookPart, WebhookReader},
};

/// What the keys in addresses begin with, so that people and secret scanners recognise them.
pub const KEY_PREFIX: &str = "rh_";
