//! Sizes in headers that are not true: what counts is what is there.

use audio::NotAudio;

use crate::{data, of, played};

const RIFF: usize = 4;
const DATA: usize = 40;

/// A second of PCM at 8,000 of 16 bits, whose header says these sizes of the whole and of the sound.
fn wav(riff: u32, sound: u32) -> Vec<u8> {
    let mut file = data("speech.wav")[..44].to_vec();
    file.extend((0..8_000_i16).flat_map(i16::to_le_bytes));
    file[RIFF..RIFF + 4].copy_from_slice(&riff.to_le_bytes());
    file[DATA..DATA + 4].copy_from_slice(&sound.to_le_bytes());
    file
}

#[test]
fn a_wav_is_as_long_as_the_bytes_that_are_there() {
    let right = of(&wav(16_036, 16_000)).unwrap();
    assert_eq!((right.duration, right.playable.is_none()), (Some(1_000), true));
    for (riff, sound) in [
        (0, 0),
        (u32::MAX, u32::MAX),
        (36, 0),
        (u32::MAX, 0),
        (32_036, 32_000),
        (0x7fff_ffff, 0x7fff_ffdb),
        (0, 16_000),
    ] {
        let probed = of(&wav(riff, sound)).unwrap();
        assert_eq!(probed.duration, Some(1_000), "{riff} {sound}");
        // Players that trust the header get one that is true.
        assert!(played(probed) == wav(16_036, 16_000), "{riff} {sound}");
    }
    // What follows the sound is no sound.
    let mut tagged = wav(16_036 + 12, 16_000);
    tagged.extend_from_slice(b"LIST\x04\0\0\0INFO");
    assert_eq!(of(&tagged).unwrap().duration, Some(1_000));
    // It says that it is whole, and that it is empty.
    let mut empty = wav(36, 0);
    empty.truncate(44);
    assert_eq!(of(&empty).unwrap_err(), NotAudio::Empty);
    // A sample that was cut off in its middle.
    let mut cut = wav(16_036, 16_000);
    cut.pop();
    assert_eq!(of(&cut).unwrap().duration, Some(999));
}

#[test]
fn rf64_says_its_sizes_elsewhere_and_they_may_be_wrong_too() {
    let file = data("rf64.wav");
    let at = file.windows(4).position(|four| four == b"ds64").unwrap();
    for size in [0_u64, 8_000, 1 << 40, u64::MAX] {
        let mut file = file.clone();
        file[at + 16..at + 24].copy_from_slice(&size.to_le_bytes());
        assert_eq!(of(&file).unwrap().duration, Some(500), "{size}");
    }
}

#[test]
fn compressed_wavs_that_were_not_ended_have_their_length_too() {
    for (name, duration) in [("gsm.wav", 520), ("mulaw.wav", 500), ("ima.wav", 510)] {
        let mut file = data(name);
        let at = file.windows(4).position(|four| four == b"data").unwrap();
        file[RIFF..RIFF + 4].fill(0);
        file[at + 4..at + 8].fill(0);
        let probed = of(&file).unwrap();
        assert_eq!(probed.duration, Some(duration), "{name}");
        assert!(probed.playable.is_some());
    }
}

#[test]
fn an_mp3_without_a_tag_is_as_long_as_its_frames() {
    // Cut off after its silence, which is packed tighter than what follows: no guess from its first frames is right.
    let whole = data("vbr.mp3");
    assert_eq!(of(&whole).unwrap().duration, Some(4_176));
    let twice = [whole.as_slice(), whole.as_slice()].concat();
    assert_eq!(of(&twice).unwrap().duration, Some(2 * 4_176));
}

#[test]
fn what_browsers_cannot_set_is_refused() {
    let with = |at: usize, value: &[u8]| {
        let mut file = data("speech.wav");
        file[at..at + value.len()].copy_from_slice(value);
        of(&file).unwrap_err()
    };
    assert_eq!(with(24, &2_999_u32.to_le_bytes()), NotAudio::Rate(2_999));
    assert_eq!(with(24, &192_001_u32.to_le_bytes()), NotAudio::Rate(192_001));
    assert_eq!(with(24, &[0; 4]), NotAudio::Unknown);
    assert_eq!(with(22, &[9, 0, 0x40, 0x1f, 0, 0, 0, 0, 0, 0, 18, 0]), NotAudio::Channels(9));
}
