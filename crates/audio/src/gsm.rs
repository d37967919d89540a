//! GSM full rate (RPE-LTP), decoded as ETSI EN 300 961 (GSM 06.10) describes it, to the bit: 33 bytes are 160 samples of 16 bits at
//! 8,000 a second. In WAV two frames share 65 bytes, without the mark and with their bits the other way round.

/// Samples of one frame.
pub const FRAME: usize = 160;
/// Bytes of one frame in a file of frames (RFC 3551 §4.5.8).
pub const FRAME_BYTES: usize = 33;
/// Bytes of two frames in WAV (format 0x31).
pub const PAIR_BYTES: usize = 65;
/// The upper four bits of each frame of [`FRAME_BYTES`].
const MARK: u32 = 0xd;

/// Subframes of a frame, and the samples of each.
const SUBFRAMES: usize = 4;
const SUBFRAME: usize = FRAME / SUBFRAMES;
/// Bits of the eight logarithmic area ratios.
const RATIO_BITS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];
/// Pulses of a subframe.
const PULSES: usize = 13;

/// Table 4.1: what the area ratios were coded by, with 1/A instead of A (table 4.2).
const B: [i16; 8] = [0, 0, 2048, -2560, 94, -1792, -341, -1144];
const MIC: [i16; 8] = [-32, -32, -16, -16, -8, -8, -4, -4];
const INVA: [i16; 8] = [13107, 13107, 13107, 13107, 19223, 17476, 31454, 29708];
/// Table 4.3b: levels of the gain of the long-term filter.
const QLB: [i16; 4] = [3277, 11469, 21299, 32767];
/// Table 4.6: mantissas of the largest pulse.
const FAC: [i16; 8] = [18431, 20479, 22527, 24575, 26623, 28671, 30719, 32767];
/// What goes out is lifted by the inverse of the filter before coding (0.86).
const DEEMPHASIS: i16 = 28180;

/// The parameters of one subframe, as they are transmitted.
#[derive(Debug, Clone, Copy, Default)]
struct Subframe {
    lag: u32,
    gain: u32,
    grid: u32,
    largest: u32,
    pulses: [u32; PULSES],
}

/// Reads numbers of a few bits each, beginning with a byte's highest or lowest bit.
struct CodedBits<'a> {
    bytes: &'a [u8],
    at: usize,
    is_lowest_first: bool,
}

impl CodedBits<'_> {
    fn take(&mut self, bits: u32) -> u32 {
        let mut value = 0;
        for n in 0..bits {
            let (byte, place) = (self.at / 8, self.at % 8);
            let shift = if self.is_lowest_first { place } else { 7 - place };
            let bit = u32::from(self.bytes[byte] >> shift & 1);
            value = if self.is_lowest_first { value | bit << n } else { value << 1 | bit };
            self.at += 1;
        }
        value
    }
}

/// A product of two fractions, rounded.
fn times(a: i16, b: i16) -> i16 {
    if a == i16::MIN && b == i16::MIN {
        return i16::MAX;
    }
    ((i32::from(a) * i32::from(b) + 16384) >> 15) as i16
}

/// The decoder, with what it keeps from frame to frame.
#[derive(Debug)]
pub struct Gsm {
    /// The last 120 samples of the reconstructed residual, and those of the present subframe after them.
    residual: [i16; 120 + SUBFRAME],
    lag: usize,
    ratios: [i16; 8],
    lattice: [i16; 9],
    deemphasis: i16,
}

impl Default for Gsm {
    fn default() -> Self {
        Self { residual: [0; 120 + SUBFRAME], lag: 40, ratios: [0; 8], lattice: [0; 9], deemphasis: 0 }
    }
}

impl Gsm {
    /// Decodes one frame of [`FRAME_BYTES`] bytes onto the end of `samples`; `false` where it does not begin with the mark.
    pub fn frame(&mut self, bytes: &[u8], samples: &mut Vec<f32>) -> bool {
        let mut bits = CodedBits { bytes, at: 0, is_lowest_first: false };
        if bits.take(4) != MARK {
            return false;
        }
        self.decode(&mut bits, samples);
        true
    }

    /// Decodes two frames of [`PAIR_BYTES`] bytes onto the end of `samples`.
    pub fn pair(&mut self, bytes: &[u8], samples: &mut Vec<f32>) {
        let mut bits = CodedBits { bytes, at: 0, is_lowest_first: true };
        self.decode(&mut bits, samples);
        self.decode(&mut bits, samples);
    }

    fn decode(&mut self, bits: &mut CodedBits<'_>, samples: &mut Vec<f32>) {
        let coded = RATIO_BITS.map(|wide| bits.take(wide));
        let mut excitation = [0; FRAME];
        for subframe in excitation.chunks_mut(SUBFRAME) {
            let (lag, gain, grid, largest) = (bits.take(7), bits.take(2), bits.take(2), bits.take(6));
            let pulses = [(); PULSES].map(|()| bits.take(3));
            self.long_term(&Subframe { lag, gain, grid, largest, pulses }, subframe);
        }
        let ratios = decode_ratios(coded);
        self.short_term(ratios, &mut excitation);
        self.ratios = ratios;
        for sample in excitation {
            self.deemphasis = sample.saturating_add(times(self.deemphasis, DEEMPHASIS));
            let whole = self.deemphasis.saturating_add(self.deemphasis) & !7;
            samples.push(f32::from(whole) / 32_768.0);
        }
    }

    /// §4.3.2: what the filter of long delay makes of the pulses.
    fn long_term(&mut self, subframe: &Subframe, out: &mut [i16]) {
        let pulses = spread(subframe);
        let lag = subframe.lag as usize;
        if (40..=120).contains(&lag) {
            self.lag = lag;
        }
        let gain = QLB[subframe.gain as usize];
        for (n, (pulse, out)) in pulses.iter().zip(out).enumerate() {
            let value = pulse.saturating_add(times(gain, self.residual[120 + n - self.lag]));
            self.residual[120 + n] = value;
            *out = value;
        }
        self.residual.copy_within(SUBFRAME.., 0);
    }

    /// §4.3.3: the lattice filter, whose ratios go over from those of the last frame within 40 samples.
    fn short_term(&mut self, ratios: [i16; 8], samples: &mut [i16; FRAME]) {
        for (from, to) in [(0, 13), (13, 27), (27, 40), (40, FRAME)] {
            let mut reflections = [0; 8];
            for (n, reflection) in reflections.iter_mut().enumerate() {
                let (old, new) = (self.ratios[n], ratios[n]);
                let between = match from {
                    0 => (old >> 2).saturating_add(new >> 2).saturating_add(old >> 1),
                    13 => (old >> 1).saturating_add(new >> 1),
                    27 => (old >> 2).saturating_add(new >> 2).saturating_add(new >> 1),
                    _ => new,
                };
                *reflection = reflection_of(between);
            }
            for sample in &mut samples[from..to] {
                let mut value = *sample;
                for n in (0..8).rev() {
                    value = value.saturating_sub(times(reflections[n], self.lattice[n]));
                    self.lattice[n + 1] = self.lattice[n].saturating_add(times(reflections[n], value));
                }
                self.lattice[0] = value;
                *sample = value;
            }
        }
    }
}

/// §4.2.8: the area ratios behind their codes.
fn decode_ratios(coded: [u32; 8]) -> [i16; 8] {
    std::array::from_fn(|n| {
        let value = ((coded[n] as i16 + MIC[n]) << 10).saturating_sub(B[n] << 1);
        let value = times(INVA[n], value);
        value.saturating_add(value)
    })
}

/// §4.2.9.2: the reflection coefficient of an area ratio.
fn reflection_of(ratio: i16) -> i16 {
    let size = ratio.saturating_abs();
    let coefficient = match size {
        ..11059 => size << 1,
        11059..20070 => size + 11059,
        _ => (size >> 2).saturating_add(26112),
    };
    if ratio < 0 { -coefficient } else { coefficient }
}

/// §4.2.15 to 4.2.17: the pulses in their places.
fn spread(subframe: &Subframe) -> [i16; SUBFRAME] {
    let largest = subframe.largest as i16;
    let mut exponent = if largest > 15 { (largest >> 3) - 1 } else { 0 };
    let mut mantissa = largest - (exponent << 3);
    if mantissa == 0 {
        (exponent, mantissa) = (-4, 7);
    } else {
        while mantissa <= 7 {
            mantissa = mantissa << 1 | 1;
            exponent -= 1;
        }
        mantissa -= 8;
    }
    let shift = 6 - exponent;
    let rounding = if shift > 0 { 1_i16 << (shift - 1) } else { 0 };
    let mut spread = [0; SUBFRAME];
    for (n, pulse) in subframe.pulses.iter().enumerate() {
        let level = ((*pulse as i16) * 2 - 7) << 12;
        spread[subframe.grid as usize + 3 * n] = times(FAC[mantissa as usize], level).saturating_add(rounding) >> shift;
    }
    spread
}
