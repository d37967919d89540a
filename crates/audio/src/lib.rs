//! The audio of a call: what it is, whatever its sender calls it, how long and how loud it is, and a form of it that browsers play.
//! A pure crate: bytes in, findings out. Whoever calls it gives it turns and threads.

mod adpcm;
pub mod allowance;
mod amr;
mod blocks;
mod container;
mod found;
mod g722;
mod gsm;
mod heard;
mod opus;
mod playable;
mod probe;
mod raw;
mod wav;

pub use found::{Failed, NotAudio, Playable, Probed, extension};
pub use probe::{Probe, ProbeStep};
pub use raw::Raw;
pub use symphonia::core::io::MediaSource;
