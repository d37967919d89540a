//! Packets of Opus: how long they are, and what is drawn of them. Browsers play them as they are.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use opus_decoder::OpusDecoder;

use crate::allowance::Allowance;

/// Opus counts at this rate, whatever it was made from.
pub const RATE: u32 = 48_000;
/// Samples a second of what is drawn, which is speech.
const DRAWN_RATE: u32 = 16_000;
/// Channels of one stream; what has more is not drawn.
const CHANNELS: usize = 2;

/// Samples at 48,000 a second for each frame, by the upper five bits of a packet (RFC 6716, table 2): SILK, hybrid, CELT.
const FRAME: [u64; 32] = [
    480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 480, 960, 120, 240, 480, 960, 120, 240,
    480, 960, 120, 240, 480, 960, 120, 240, 480, 960,
];
/// The most that a packet holds: 120 ms (RFC 6716 §3.2.5).
const LONGEST: u64 = 5_760;

/// Samples of a packet at [`RATE`]; none where it is no packet of Opus.
pub fn samples(packet: &[u8]) -> Option<u64> {
    let first = *packet.first()?;
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 0x3f),
    };
    let samples = frames * FRAME[usize::from(first >> 3)];
    (1..=LONGEST).contains(&samples).then_some(samples)
}

/// Samples at the beginning that are not played (RFC 7845 §5.1).
pub fn pre_skip(head: Option<&[u8]>) -> u64 {
    let skipped = of_head(head).and_then(|head| head.get(10..12));
    skipped.map_or(0, |bytes| u64::from(u16::from_le_bytes([bytes[0], bytes[1]])))
}

fn of_head(head: Option<&[u8]>) -> Option<&[u8]> {
    head.filter(|head| head.starts_with(b"OpusHead"))
}

/// Decodes packets to be drawn, as long as that takes no more than half of what the recording may cost.
pub struct Drawing {
    decoder: OpusDecoder,
    channels: usize,
    /// Of all channels in turn.
    decoded: Vec<i16>,
    allowance: Arc<Allowance>,
}

impl Drawing {
    /// Of a track with this head, if it has one; none where its channels are several streams.
    pub fn new(head: Option<&[u8]>, channels: usize, allowance: Arc<Allowance>) -> Option<Self> {
        let family = of_head(head).and_then(|head| head.get(18)).copied().unwrap_or(0);
        if family != 0 || !(1..=CHANNELS).contains(&channels) {
            return None;
        }
        let decoder = OpusDecoder::new(DRAWN_RATE, channels).ok()?;
        let longest = LONGEST as usize * DRAWN_RATE as usize / RATE as usize;
        Some(Self { decoder, channels, decoded: vec![0; longest * channels], allowance })
    }

    /// Puts what is drawn of a packet into `planes`, less so many samples at its beginning, both counted at [`RATE`]; what cannot be
    /// decoded is silence. `false`: it is not to be gone on with.
    pub fn draw(&mut self, packet: &[u8], samples: u64, skipped: u64, planes: &mut Vec<Vec<f32>>) -> bool {
        if self.allowance.is_half_used() {
            return false;
        }
        let at_rate = |samples: u64| samples as usize * DRAWN_RATE as usize / RATE as usize;
        // What it holds comes from anybody.
        let decode = AssertUnwindSafe(|| self.decoder.decode(packet, &mut self.decoded, false));
        let Ok(decoded) = catch_unwind(decode) else { return false };
        let frames = if let Ok(frames) = decoded {
            frames.min(self.decoded.len() / self.channels)
        } else {
            self.decoded.fill(0);
            at_rate(samples)
        };
        let from = at_rate(skipped).min(frames);
        let decoded = &self.decoded[from * self.channels..frames * self.channels];
        planes.resize_with(self.channels, Vec::new);
        for (channel, plane) in planes.iter_mut().enumerate() {
            plane.clear();
            let of_channel = decoded.iter().skip(channel).step_by(self.channels);
            plane.extend(of_channel.map(|sample| f32::from(*sample) / 32_768.0));
        }
        true
    }
}
