//! WAV files of telephone sound.

use super::voice::RATE;

/// The media type of the recordings.
pub const CONTENT_TYPE: &str = "audio/wav";

/// Bytes before the first sample: the RIFF header, `fmt `, `fact` and the head of `data`.
pub const HEADER_BYTES: usize = 58;

/// Writes samples of −1 to 1, one after the other for each channel, as a WAV file in G.711 µ-law.
///
/// µ-law is what a telephone line carries: half the size of 16-bit samples for the same sound. Format 7 is one of the
/// few that every browser's WAV reader knows besides plain PCM (A-law and µ-law in Chromium's and Firefox's, Core Audio
/// in Safari's).
pub fn mulaw_wav(samples: &[f32], channels: u16) -> Vec<u8> {
    let data = samples.len() as u32;
    let frames = data / u32::from(channels.max(1));
    let mut file = Vec::with_capacity(HEADER_BYTES + samples.len() + 1);
    file.extend(b"RIFF");
    file.extend((HEADER_BYTES as u32 - 8 + data + data % 2).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(18_u32.to_le_bytes());
    file.extend(7_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend((RATE as u32).to_le_bytes());
    file.extend((RATE as u32 * u32::from(channels)).to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(8_u16.to_le_bytes());
    file.extend(0_u16.to_le_bytes());
    file.extend(b"fact");
    file.extend(4_u32.to_le_bytes());
    file.extend(frames.to_le_bytes());
    file.extend(b"data");
    file.extend(data.to_le_bytes());
    file.extend(samples.iter().map(|sample| mulaw((sample.clamp(-1.0, 1.0) * 32_000.0) as i16)));
    if !data.is_multiple_of(2) {
        file.push(0);
    }
    file
}

/// ITU-T G.711 µ-law: sign, three bits of exponent, four of mantissa, all inverted.
pub fn mulaw(sample: i16) -> u8 {
    const BIAS: i32 = 0x84;
    const CLIP: i32 = 32_635;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = i32::from(sample).abs().min(CLIP) + BIAS;
    let exponent = (24 - (magnitude as u32).leading_zeros() as i32).clamp(0, 7);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | (exponent << 4) | mantissa) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(code: u8) -> i32 {
        let code = !code;
        let magnitude = ((i32::from(code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
        if code & 0x80 == 0 { magnitude - 0x84 } else { 0x84 - magnitude }
    }

    #[test]
    fn mulaw_keeps_every_sample_within_its_step() {
        assert_eq!((mulaw(0), mulaw(i16::MAX), mulaw(i16::MIN)), (0xff, 0x80, 0x00));
        for sample in i16::MIN..=i16::MAX {
            let error = (expand(mulaw(sample)) - i32::from(sample)).abs();
            assert!(error <= 4 + i32::from(sample).abs() / 16 || sample.unsigned_abs() > 32_635, "{sample}: {error}");
        }
    }

    #[test]
    fn the_header_says_how_much_follows() {
        let file = mulaw_wav(&[0.0; 31], 1);
        assert_eq!(file.len() % 2, 0);
        assert_eq!(u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize, file.len() - 8);
        assert_eq!(u32::from_le_bytes(file[54..58].try_into().unwrap()), 31);
    }
}
