//! The loudness over time.

use crate::{data, named, of};

/// A WAV file: `encode` writes one sample of −1…1; left is a loud tone, right is silent until half-time.
fn wav(format: u16, bits: u16, rate: u32, channels: u16, frames: u32, encode: impl Fn(f32, &mut Vec<u8>)) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut data = Vec::new();
    for n in 0..frames {
        let tone = (f64::from(n) * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin() as f32;
        for channel in 0..channels {
            let loudness = if channel == 0 {
                0.8
            } else if n >= frames / 2 {
                0.5
            } else {
                0.0
            };
            encode(tone * loudness, &mut data);
        }
    }
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    let header = if format == 1 { 36 } else { 38 };
    file.extend_from_slice(&(header + data.len() as u32).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    // What is not plain PCM has an (empty) extension.
    let extended = format != 1;
    file.extend_from_slice(&(if extended { 18_u32 } else { 16 }).to_le_bytes());
    for field in [format, channels] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * u32::from(block)).to_le_bytes());
    for field in [block, bits] {
        file.extend_from_slice(&field.to_le_bytes());
    }
    if extended {
        file.extend_from_slice(&[0, 0]);
    }
    file.extend_from_slice(b"data");
    file.extend_from_slice(&(data.len() as u32).to_le_bytes());
    file.extend_from_slice(&data);
    file
}

fn pcm16(sample: f32, out: &mut Vec<u8>) {
    out.extend_from_slice(&((sample * 32_767.0) as i16).to_le_bytes());
}

/// G.711 µ-law, written from its definition.
fn mu_law(sample: f32, out: &mut Vec<u8>) {
    let sample = (sample * 32_635.0) as i32;
    let (sign, magnitude) = if sample < 0 { (0x80, -sample) } else { (0, sample) };
    let magnitude = magnitude.min(32_635) + 132;
    let exponent = (0..8).rev().find(|e| magnitude >= 1 << (e + 7)).unwrap_or(0);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    out.push(!(sign | (exponent << 4) | mantissa) as u8);
}

#[test]
fn a_two_sided_call_has_its_length_and_a_waveform_for_each_side() {
    let files = [wav(1, 16, 8_000, 2, 8_000 * 30, pcm16), wav(7, 8, 8_000, 2, 8_000 * 30, mu_law)];
    for file in files {
        let probed = of(&file).unwrap();
        assert_eq!((probed.content_type, probed.duration), ("audio/wav", Some(30_000)));
        let peaks = probed.peaks.unwrap();
        assert_eq!(peaks.len(), 2);
        assert!(peaks.iter().all(|side| side.len() == 800));
        assert!(peaks[0].iter().all(|peak| (0.7..=0.9).contains(peak)));
        assert!(peaks[1][..800 / 2 - 2].iter().all(|peak| *peak < 0.01));
        assert!(peaks[1][800 / 2 + 2..].iter().all(|peak| (0.4..=0.6).contains(peak)));
    }
}

#[test]
fn a_very_short_recording_has_a_short_waveform() {
    let probed = of(&wav(1, 16, 8_000, 1, 80, pcm16)).unwrap();
    assert_eq!(probed.duration, Some(10));
    assert_eq!(probed.peaks.unwrap()[0].len(), 5);
}

/// A twentieth after the other, how loud it is.
fn twentieths(name: &str) -> Vec<f32> {
    let peaks = named(name, &data(name)).unwrap().peaks.unwrap();
    assert_eq!(peaks.len(), 1, "{name}");
    let peaks = &peaks[0];
    let bound = |n: usize| n * peaks.len() / 20;
    (0..20).map(|n| peaks[bound(n)..bound(n + 1)].iter().copied().fold(0.0, f32::max)).collect()
}

#[test]
fn opus_is_drawn_as_what_it_was_made_from() {
    let sent = twentieths("speech.wav");
    assert!(sent.iter().any(|peak| *peak > 0.3) && sent.iter().any(|peak| *peak < 0.1), "{sent:?}");
    for name in ["opus.ogg", "opus.webm"] {
        let drawn = twentieths(name);
        let apart: Vec<f32> = sent.iter().zip(&drawn).map(|(sent, drawn)| (sent - drawn).abs()).collect();
        let mean = apart.iter().sum::<f32>() / 20.0;
        assert!(mean < 0.08 && apart.iter().all(|apart| *apart < 0.25), "{name}: {sent:?} {drawn:?}");
    }
}
