//! What recordings are, by files that other programs made, and by some that are made here to be awkward.

mod formats;
mod hostile;
mod samples;
mod sizes;
mod waveforms;

use std::{
    io::{Cursor, Read},
    path::Path,
    sync::Arc,
    time::Duration,
};

use audio::{Failed, NotAudio, Probe, ProbeStep, Probed, Raw, allowance::Allowance};

/// Reads a file through, so much of it in each turn as there may be at least.
fn within(bytes: &[u8], raw: Option<Raw>, allowance: Allowance) -> Result<Probed, NotAudio> {
    let reason = |failed| match failed {
        Failed::NotAudio(reason) => reason,
        Failed::Io(error) => panic!("{error}"),
    };
    let mut step = Probe::begin(Cursor::new(bytes.to_vec()), raw, Arc::new(allowance)).map_err(reason)?;
    loop {
        match step {
            ProbeStep::Done(probed) => return Ok(probed),
            ProbeStep::More(probe) => step = probe.go_on(Duration::ZERO).map_err(reason)?,
        }
    }
}

fn of(bytes: &[u8]) -> Result<Probed, NotAudio> {
    within(bytes, None, Allowance::default())
}

/// What a file of this name is.
fn named(name: &str, bytes: &[u8]) -> Result<Probed, NotAudio> {
    within(bytes, Raw::of_name(name), Allowance::default())
}

fn data(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

/// The form that browsers play, all of it.
fn played(probed: Probed) -> Vec<u8> {
    let mut playable = probed.playable.unwrap();
    let mut bytes = Vec::new();
    playable.file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, playable.bytes);
    bytes
}
