//! Webhooks of other systems: whether one is really theirs ([`signatures`]), how it is stored before it is answered ([`Inbox`]),
//! what it says of calls ([`Reader`]), and how the secrets for all that are kept ([`Sealer`]).

mod inbox;
mod reading;
mod sealing;
pub mod signatures;

pub use self::{
    inbox::{Inbox, NotKept},
    reading::{Part, Reader},
    sealing::{SealError, Sealer},
};

/// What the keys in addresses begin with, so that people and secret scanners recognise them.
pub const KEY_PREFIX: &str = "rh_";
