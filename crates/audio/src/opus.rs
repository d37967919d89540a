//! How long packets of Opus are. They are not decoded: browsers do that.

/// Opus counts at this rate, whatever it was made from.
pub const RATE: u32 = 48_000;

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
    let skipped = head.filter(|head| head.starts_with(b"OpusHead")).and_then(|head| head.get(10..12));
    skipped.map_or(0, |bytes| u64::from(u16::from_le_bytes([bytes[0], bytes[1]])))
}
