//! What is found out about a recording, or why it is none.

use std::{borrow::Cow, fs::File, io};

use domain::limits::{RECORDING_CPU_SECONDS, RECORDING_HEAD_BYTES, RECORDING_SAMPLES};

/// What was found out.
#[derive(Debug)]
pub struct Probed {
    /// The media type that fits what it is.
    pub content_type: &'static str,
    /// Its length in milliseconds, where it can be told.
    pub duration: Option<i64>,
    /// The loudness 0…1 over time of each channel; none where drawing it would have taken too long.
    pub peaks: Option<Vec<Vec<f32>>>,
    /// What a browser plays in its place; none where it plays what was sent.
    pub playable: Option<Playable>,
}

/// A recording as WAV with PCM of 16 bits, with the channels and the rate of what was sent.
#[derive(Debug)]
pub struct Playable {
    /// A file without a name, at its beginning.
    pub file: File,
    /// Its size.
    pub bytes: u64,
}

impl Playable {
    pub const CONTENT_TYPE: &'static str = "audio/wav";
}

/// Why it is no recording, or none that can be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAudio {
    /// No known container, or nothing in it that could be decoded.
    #[error(
        "is not audio that is known here: WAV, MP3, Ogg, FLAC, M4A, AAC, WebM, AMR, or frames of GSM, G.711, G.722 or signed linear with the name of their file"
    )]
    Unknown,
    /// A format that is known and not played.
    #[error("is {0}, which is not played here: send WAV, MP3, Ogg, FLAC, M4A, AAC or WebM")]
    NotPlayed(Cow<'static, str>),
    /// A format that only another program reads, which is not installed.
    #[error("is {0}, which is played only where ffmpeg is installed beside Ringside: send WAV or MP3")]
    NeedsFfmpeg(&'static str),
    /// Browsers play 3,000 to 192,000 samples a second.
    #[error("has {0} samples a second; browsers play 3,000 to 192,000")]
    Rate(u32),
    /// Browsers play up to eight channels.
    #[error("has {0} channels; browsers play 1 to 8")]
    Channels(usize),
    /// A container without an audio track.
    #[error("holds no audio track")]
    NoTrack,
    /// Not one sample could be read.
    #[error("holds no sound: it is empty or cut off")]
    Empty,
    /// It would take too long to read, and to listen to.
    #[error(
        "holds more than {RECORDING_SAMPLES} samples, the most that a recording may: 12 hours of two sides at 8,000 a second"
    )]
    TooLong,
    /// Its tables alone would fill the memory.
    #[error("holds more than {} MiB before its sound begins, the most that a recording may", RECORDING_HEAD_BYTES >> 20)]
    LongHead,
    /// It is made so that it is hard to read.
    #[error("takes more than {RECORDING_CPU_SECONDS} s of a processor to read through, the most that a recording may")]
    TooCostly,
    /// Nobody waits for the answer any more.
    #[error("is no longer waited for")]
    Left,
}

impl NotAudio {
    /// Whether it is an empty file, or a text such as a page that says that the recording is not there yet.
    pub fn is_nothing_yet(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::NotPlayed(what) => what == TEXT,
            _ => false,
        }
    }
}

/// The endings of file names and media types of containers.
const TYPES: [(&str, &str); 9] = [
    ("audio/wav", "wav"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/flac", "flac"),
    ("audio/mp4", "m4a"),
    ("audio/aac", "aac"),
    ("audio/webm", "webm"),
    ("audio/amr", "amr"),
    ("audio/amr-wb", "awb"),
];

/// The ending of the file name for a media type.
pub fn extension(content_type: &str) -> &'static str {
    let of_container = TYPES.iter().find(|(media, _)| *media == content_type).map(|(_, extension)| *extension);
    of_container.or_else(|| crate::raw::extension(content_type)).unwrap_or("bin")
}

/// How files begin that are known and not played.
const BEGINNINGS: [(&[u8], usize, &str); 17] = [
    (b"Speex   ", 28, "Ogg with Speex"),
    (b"AIFF", 8, "AIFF"),
    (b"AIFC", 8, "AIFF"),
    (b"AVI ", 8, "AVI"),
    (b".snd", 0, "AU"),
    (b"caff", 0, "CAF"),
    (b"Creative Voice File", 0, "VOC"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0, "WMA"),
    (b"\x02#!SILK_V3", 0, "SILK"),
    (b"#!SILK_V3", 0, "SILK"),
    (b"MThd", 0, "MIDI"),
    (b"%PDF", 0, "PDF"),
    (b"PK\x03\x04", 0, "a ZIP archive"),
    (b"\x1f\x8b", 0, "a gzip archive"),
    (b"\x89PNG", 0, "a picture (PNG)"),
    (b"\xff\xd8\xff", 0, "a picture (JPEG)"),
    (b"\x28\xb5\x2f\xfd", 0, "a Zstandard archive"),
];

const TEXT: &str = "text, such as a page that says what went wrong";

/// What a file is that begins like this, where it is known and not played.
pub(crate) fn known_beginning(begin: &[u8]) -> Option<&'static str> {
    let known = |mark: &[u8], at: usize| begin.get(at..).is_some_and(|begin| begin.starts_with(mark));
    let named = BEGINNINGS.iter().find(|(mark, at, _)| known(mark, *at)).map(|(_, _, name)| *name);
    named.or_else(|| is_text(begin).then_some(TEXT))
}

/// Whether these bytes are printed characters and ends of lines only; sound is not, not even for so long.
fn is_text(begin: &[u8]) -> bool {
    begin.len() >= 16 && begin.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'))
}

/// Why a recording was not read through.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It is none, or none that can be played.
    #[error(transparent)]
    NotAudio(#[from] NotAudio),
    /// It cannot be read, or what a browser plays cannot be written.
    #[error("a recording could not be read or converted")]
    Io(#[from] io::Error),
}
