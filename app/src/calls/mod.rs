//! The calls of a campaign or of the account, the opened call, and the player.

mod address;
#[cfg(feature = "ssr")]
mod choices;
#[cfg(feature = "ssr")]
mod chooser;
mod columns;
mod context;
#[cfg(feature = "ssr")]
mod fetching;
mod filters;
mod held;
#[cfg(feature = "hydrate")]
mod keys;
mod list;
#[cfg(feature = "ssr")]
pub mod notes;
mod opened;
mod page;
mod playback;
mod player;
#[cfg(feature = "ssr")]
mod read;
mod row;
mod server;
#[cfg(feature = "ssr")]
mod sums;
mod tag;
mod text;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub(crate) use address::CallsAddress;
#[cfg(feature = "ssr")]
pub use address::decode_pairs;
#[cfg(feature = "ssr")]
pub(crate) use list::CallRow;
pub use page::CallsOfAddress;
pub use playback::provide_player;
pub use player::Player;
#[cfg(feature = "ssr")]
pub(crate) use row::{RowParts, recordings_of_page};
#[cfg(feature = "ssr")]
pub(crate) use tag::code_tag;
#[cfg(feature = "ssr")]
pub(crate) use words::CallWords;
