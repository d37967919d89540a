//! The header of a WAV: RIFF (Microsoft and IBM, 1991), RF64 and BW64 (EBU Tech 3306, ITU-R BS.2088). Recorders leave sizes in it that
//! are not true: Asterisk writes 0 until a recording ends, programs that cannot go back write 0xFFFFFFFF, and a crash or a full disk
//! leaves more in the header than in the file. What counts is what is there.

use std::io::{BufReader, ErrorKind, Read, Seek};

use crate::found::NotAudio;

/// What of a WAV is what.
#[derive(Debug, PartialEq, Eq)]
pub struct WavLayout {
    pub coding: WavCoding,
    pub channels: usize,
    /// Samples a second, of each channel.
    pub rate: u32,
    /// Bytes of a block: of one sample of each channel, or of what is coded together.
    pub block: usize,
    /// Bytes of sound from where the reader stands.
    pub bytes: u64,
    /// Whether the sizes in the header are those of what is there, so that every player knows its length.
    pub is_told_right: bool,
}

/// How its samples are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WavCoding {
    /// Whole numbers of so many bytes; one of 1 byte is without a sign.
    Pcm(usize),
    /// Floating point of so many bytes.
    Float(usize),
    ALaw,
    MuLaw,
    AdpcmMs,
    AdpcmIma,
    /// Two frames in 65 bytes.
    Gsm,
    G722,
}

/// Formats (mmreg.h) that are known and not played.
const NAMES: [(u16, &str); 20] = [
    (0x0010, "OKI ADPCM"),
    (0x0014, "G.723 ADPCM"),
    (0x0022, "TrueSpeech"),
    (0x0040, "G.721"),
    (0x0042, "G.723.1"),
    (0x0045, "G.726"),
    (0x0050, "MPEG"),
    (0x0055, "MP3"),
    (0x0064, "G.726"),
    (0x0083, "G.729"),
    (0x00ff, "AAC"),
    (0x0111, "G.723.1"),
    (0x0130, "ACELP"),
    (0x0133, "G.729"),
    (0x0160, "WMA"),
    (0x0161, "WMA"),
    (0x1600, "AAC"),
    (0x704f, "Opus"),
    (0xa109, "Speex"),
    (0xf1ac, "FLAC"),
];
/// The format stands further on, in the first two bytes of a GUID.
const EXTENSIBLE: u16 = 0xfffe;
/// A size that says it was not known, and in RF64 that it stands elsewhere.
const NOT_KNOWN: u64 = 0xffff_ffff;

/// Whether a file that begins like this is a WAV.
pub fn is_wav(begin: &[u8]) -> bool {
    begin.len() >= 12 && matches!(&begin[..4], b"RIFF" | b"RF64" | b"BW64") && &begin[8..12] == b"WAVE"
}

/// Reads the header of a file of so many bytes; the reader stands where the sound begins.
pub fn read<S: Read + Seek>(source: &mut BufReader<S>, file_bytes: u64) -> Result<WavLayout, NotAudio> {
    let head: [u8; 12] = take(source)?;
    let is_plain = &head[..4] == b"RIFF";
    let riff_bytes = number(&head, 4, 4);
    let mut at = 12;
    let (mut format, mut long_data) = (None, None);
    while at + 8 <= file_bytes {
        let chunk: [u8; 8] = take(source)?;
        let bytes = number(&chunk, 4, 4);
        at += 8;
        let mut read = 0;
        match &chunk[..4] {
            b"fmt " => {
                let mut fields = vec![0; bytes.clamp(16, 40) as usize];
                source.read_exact(&mut fields).map_err(|_| NotAudio::Empty)?;
                read = fields.len() as u64;
                format = Some(fields);
            }
            b"ds64" => {
                let sizes: [u8; 16] = take(source)?;
                read = 16;
                long_data = Some(number(&sizes, 8, 8));
            }
            b"data" => {
                let fields = format.ok_or(NotAudio::Unknown)?;
                let there = file_bytes - at;
                let told = if bytes == NOT_KNOWN && !is_plain { long_data.unwrap_or(0) } else { bytes };
                // Whoever wrote the size of the whole had come to the end: then nothing is nothing.
                let is_whole = riff_bytes + 8 == file_bytes;
                let is_known = (1..=there).contains(&told) || told == 0 && is_whole;
                let data = if is_known { told } else { there };
                let end = at + data;
                let is_told_right = is_plain && is_known && (end..=file_bytes + 1).contains(&(riff_bytes + 8));
                return describe(&fields, data, is_told_right);
            }
            _ => {}
        }
        // Chunks begin at even places.
        let whole = (bytes + (bytes & 1)).max(read);
        at += whole;
        source.seek_relative((whole - read) as i64).map_err(|_| NotAudio::Empty)?;
    }
    Err(if format.is_some() { NotAudio::Empty } else { NotAudio::Unknown })
}

fn describe(fields: &[u8], bytes: u64, is_told_right: bool) -> Result<WavLayout, NotAudio> {
    let field = |at: usize, wide: usize| number(fields, at, wide);
    let (mut tag, channels, rate) = (field(0, 2) as u16, field(2, 2) as usize, field(4, 4) as u32);
    let (block, bits) = (field(12, 2) as usize, field(14, 2) as usize);
    if tag == EXTENSIBLE && fields.len() >= 26 {
        tag = field(24, 2) as u16;
    }
    if channels == 0 || rate == 0 {
        return Err(NotAudio::Unknown);
    }
    // What a block holds of each channel; some writers leave it out.
    let wide = if block >= channels && block.is_multiple_of(channels) { block / channels } else { bits.div_ceil(8) };
    let (coding, block) = match tag {
        1 if (1..=4).contains(&wide) => (WavCoding::Pcm(wide), wide * channels),
        3 if wide == 4 || wide == 8 => (WavCoding::Float(wide), wide * channels),
        6 => (WavCoding::ALaw, channels),
        7 => (WavCoding::MuLaw, channels),
        // A block begins with what its channels begin with.
        2 if bits == 4 && block > 7 * channels => (WavCoding::AdpcmMs, block),
        0x11 if bits == 4 && block > 4 * channels => (WavCoding::AdpcmIma, block),
        0x31 if channels == 1 => (WavCoding::Gsm, crate::gsm::PAIR_BYTES),
        0x65 | 0x028f if channels == 1 => (WavCoding::G722, 1),
        _ => return Err(NotAudio::NotPlayed(name(tag).into())),
    };
    Ok(WavLayout { coding, channels, rate, block, bytes, is_told_right })
}

fn name(tag: u16) -> String {
    let known = NAMES.iter().find(|(number, _)| *number == tag).map(|(_, name)| *name);
    known.map_or_else(|| format!("WAV of format 0x{tag:04x}"), |name| format!("WAV with {name}"))
}

fn number(bytes: &[u8], at: usize, wide: usize) -> u64 {
    bytes[at..at + wide].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The next bytes; a file that ends before is cut off.
fn take<const BYTES: usize>(source: &mut impl Read) -> Result<[u8; BYTES], NotAudio> {
    let mut bytes = [0; BYTES];
    match source.read_exact(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(NotAudio::Empty),
        Err(_) => Err(NotAudio::Unknown),
    }
}
