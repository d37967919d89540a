//! Files that are made to be hard to read.

use std::time::Duration;

use audio::{NotAudio, allowance::Allowance};
use domain::limits::{RECORDING_HEAD_BYTES, RECORDING_SAMPLES};

use crate::{data, named, of, samples::flac, within};

/// So many samples of silence in a FLAC, of which the header says nothing or too much.
#[test]
fn a_small_file_that_unpacks_to_hours_ends_at_the_limit() {
    let hours = flac(0, 65_535, 200);
    assert!(hours.len() < 4_000, "{}", hours.len());
    assert_eq!(of(&hours).unwrap().duration, Some(200 * 65_535 * 1_000 / 8_000));
    let allowed = |samples| Allowance::new(samples, Duration::from_secs(30));
    assert_eq!(within(&hours, None, allowed(200 * 65_535)).unwrap().content_type, "audio/flac");
    assert_eq!(within(&hours, None, allowed(200 * 65_535 - 1)).unwrap_err(), NotAudio::TooLong);
    // Nothing of it is unpacked where it says how long it is.
    assert_eq!(of(&flac(RECORDING_SAMPLES + 1, 65_535, 1)).unwrap_err(), NotAudio::TooLong);
    assert_eq!(within(&hours, None, Allowance::new(u64::MAX, Duration::ZERO)).unwrap_err(), NotAudio::TooCostly);
}

#[test]
fn a_head_that_does_not_end_is_not_read_to_its_end() {
    let mut file = Vec::from(*b"RIFF\xff\xff\xff\xffWAVE");
    while file.len() < 2 * RECORDING_HEAD_BYTES as usize {
        file.extend_from_slice(b"JUNK\0\0\0\0");
    }
    assert_eq!(of(&file).unwrap_err(), NotAudio::LongHead);
}

#[test]
fn what_nobody_waits_for_is_not_read() {
    let allowance = Allowance::default();
    allowance.leave();
    assert_eq!(within(&data("speech.wav"), None, allowance).unwrap_err(), NotAudio::Left);
}

#[test]
fn what_is_not_audio_is_refused() {
    assert_eq!(of(b"").unwrap_err(), NotAudio::Empty);
    assert_eq!(of(&data("speech.wav")[..44]).unwrap_err(), NotAudio::Empty);
    assert_eq!(of(&data("speech.wav")[..20]).unwrap_err(), NotAudio::Empty);
    let noise: Vec<u8> = (0..300_000_u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect();
    assert_eq!(of(&noise).unwrap_err(), NotAudio::Unknown);
}

/// Each of the first bytes of a file in turn is another one, or the last: nothing that comes of it stops the program.
#[test]
fn a_file_with_a_wrong_byte_is_read_or_refused() {
    let mut read = 0;
    for name in ["gsm.wav", "ima.wav", "ms.wav", "mulaw.wav", "rf64.wav", "speech.gsm", "speech.g722", "opus.webm"] {
        let file = data(name);
        for at in 0..file.len().min(160) {
            for other in [0, 0xff, file[at] ^ 0x55] {
                let mut wrong = file.clone();
                wrong[at] = other;
                read += u32::from(named(name, &wrong).is_ok());
            }
            let _ = named(name, &file[..at]);
        }
    }
    assert!(read > 0);
}
