//! Each format that telephony writes, and the form that browsers play.

use audio::NotAudio;

use crate::{data, named, of, played};

/// File, media type, length in milliseconds, and whether it is converted. Lengths are counted by what encoders make: whole frames of GSM
/// (two of 20 ms), blocks of ADPCM, frames of MP3 (576 or 1,152 samples) and AAC (1,024, and one before the sound, which MP4 counts),
/// packets of Opus of 20 ms less 312 samples at 48,000 (26 of them in WebM, which says nothing of its end).
const FILES: [(&str, &str, i64, bool); 24] = [
    ("speech.wav", "audio/wav", 500, false),
    ("alaw.wav", "audio/wav", 500, false),
    ("mulaw.wav", "audio/wav", 500, false),
    ("pcm24.wav", "audio/wav", 500, true),
    ("float.wav", "audio/wav", 500, true),
    ("rf64.wav", "audio/wav", 500, true),
    ("gsm.wav", "audio/wav", 520, true),
    ("ima.wav", "audio/wav", 510, true),
    ("ms.wav", "audio/wav", 509, true),
    ("speech.gsm", "audio/gsm", 500, true),
    ("speech.g722", "audio/g722", 500, true),
    ("speech.alaw", "audio/pcma", 500, true),
    ("speech.ulaw", "audio/pcmu", 500, true),
    ("speech.sln", "audio/x-sln", 500, true),
    ("opus.ogg", "audio/ogg", 500, false),
    ("opus.webm", "audio/webm", 513, false),
    ("vorbis.ogg", "audio/ogg", 500, false),
    ("speech.flac", "audio/flac", 500, false),
    ("aac.m4a", "audio/mp4", 628, false),
    ("speech.aac", "audio/aac", 640, false),
    ("speech.mp2", "audio/mpeg", 504, true),
    ("cbr.mp3", "audio/mpeg", 648, false),
    ("xing.mp3", "audio/mpeg", 500, false),
    ("vbr.mp3", "audio/mpeg", 4_176, false),
];

#[test]
fn every_format_has_its_length_and_a_form_that_plays() {
    for (name, content_type, duration, is_converted) in FILES {
        let probed = named(name, &data(name)).unwrap_or_else(|error| panic!("{name} {error}"));
        assert_eq!((probed.content_type, probed.duration), (content_type, Some(duration)), "{name}");
        assert_eq!(probed.playable.is_some(), is_converted, "{name}");
        assert!(probed.peaks.is_some(), "{name}");
        if is_converted {
            let wav = played(probed);
            let again = of(&wav).unwrap_or_else(|error| panic!("{name} {error}"));
            assert_eq!((again.duration, again.playable.is_none()), (Some(duration), true), "{name}");
        }
    }
}

/// What libgsm and ffmpeg make of the same bytes, sample by sample.
#[test]
fn telephony_codecs_are_decoded_as_others_decode_them() {
    for (name, decoded) in [
        ("speech.gsm", "gsm.s16"),
        ("gsm.wav", "gsm.s16"),
        ("speech.g722", "g722.s16"),
        ("ima.wav", "ima.s16"),
        ("ms.wav", "ms.s16"),
        ("speech.sln", "speech.sln"),
        ("rf64.wav", "speech.sln"),
        ("pcm24.wav", "speech.sln"),
        ("float.wav", "speech.sln"),
    ] {
        let wav = played(named(name, &data(name)).unwrap());
        let expected = data(decoded);
        assert!(wav[44..].len() >= expected.len(), "{name}");
        let sample = |bytes: &[u8]| i16::from_le_bytes([bytes[0], bytes[1]]);
        let pairs = wav[44..].chunks(2).map(sample).zip(expected.chunks(2).map(sample));
        let different = pairs.enumerate().find(|(_, (ours, theirs))| ours != theirs);
        assert_eq!(different, None, "{name}");
    }
}

#[test]
fn what_is_known_and_does_not_play_is_refused_by_its_name() {
    let mut g729 = data("gsm.wav");
    g729[20..22].copy_from_slice(&[0x83, 0]);
    let mut unknown = data("gsm.wav");
    unknown[20..22].copy_from_slice(&[0x34, 0x12]);
    for (bytes, name) in [
        (data("speex.ogg"), "Ogg with Speex"),
        (data("alac.m4a"), "MP4 with Apple Lossless"),
        (g729, "WAV with G.729"),
        (unknown, "WAV of format 0x1234"),
        (b"FORM\0\0\0\x10AIFFCOMM".to_vec(), "AIFF"),
        (b"<!doctype html><title>404 Not Found</title>".to_vec(), "text"),
    ] {
        let error = named("call.gsm", &bytes).unwrap_err();
        let NotAudio::NotPlayed(found) = &error else { panic!("{name}: {error:?}") };
        assert!(found.starts_with(name), "{found}");
        assert_eq!(of(&bytes).unwrap_err(), error);
    }
    // Without a name nothing says that these are samples.
    assert_eq!(of(&data("speech.ulaw")).unwrap_err(), NotAudio::Unknown);
    // Frames of GSM begin with a mark.
    assert_eq!(named("call.gsm", &data("speech.ulaw")).unwrap_err(), NotAudio::Unknown);
    // A name does not make of a WAV what it is not.
    assert_eq!(named("call.gsm", &data("speech.wav")).unwrap().content_type, "audio/wav");
}

/// Of 12.2 and 12.65 kbit/s; then ten frames of 20 ms, of 12.2 and of 6.6: a byte that says which, and 31 or 17 of some sound.
#[test]
fn amr_is_played_where_ffmpeg_is_installed() {
    let frames = |kind: u8, bytes: u8| [vec![kind], (0..bytes).collect()].concat().repeat(10);
    let narrow = [b"#!AMR\n".as_slice(), &frames(0x3c, 31)].concat();
    let wide = [b"#!AMR-WB\n".as_slice(), &frames(0x04, 17)].concat();
    let has_ffmpeg = std::process::Command::new("ffmpeg").arg("-version").output().is_ok();
    for (bytes, content_type, name, duration) in [
        (data("speech.amr"), "audio/amr", "AMR", 520),
        (data("noise.awb"), "audio/amr-wb", "AMR-WB", 500),
        (narrow, "audio/amr", "AMR", 200),
        (wide, "audio/amr-wb", "AMR-WB", 200),
    ] {
        if has_ffmpeg {
            let probed = of(&bytes).unwrap();
            assert_eq!((probed.content_type, probed.duration), (content_type, Some(duration)));
            assert_eq!(of(&played(probed)).unwrap().duration, Some(duration));
        } else {
            assert_eq!(of(&bytes).unwrap_err(), NotAudio::NeedsFfmpeg(name));
        }
    }
}
