//! G.722 at 64 kbit/s, decoded as ITU-T G.722 (09/2012) describes it: each byte is two samples at 16,000 a second, six bits for the
//! lower half of the frequencies and two for the upper. Names in brackets are the blocks of the Recommendation.

/// Table 14: steps of the lower band by 6 bits, and by the 4 bits that its predictor uses.
const STEPS_6: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
    -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
    -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
const STEPS_4: [i32; 16] =
    [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
/// Steps of the upper band by 2 bits.
const STEPS_2: [i32; 4] = [-7408, -1616, 7408, 1616];
/// How the scale of each band follows its codes.
const LOWER_SCALE: [i32; 16] = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];
const UPPER_SCALE: [i32; 4] = [798, -214, 798, -214];
/// 2048 · 2^(n/32).
const POWERS: [i32; 32] = [
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025,
    3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
/// Table 11: one half of the filter that joins the bands; the other is the same turned round.
const FILTER: [i32; 12] = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/// A value within 16 bits.
fn sat(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}

/// One of the two bands: a scale that follows the codes, and a predictor of two poles and six zeros.
#[derive(Debug, Default)]
struct Band {
    predicted: i32,
    /// The part of the prediction that comes from the zeros.
    from_zeros: i32,
    reconstructed: [i32; 2],
    partial: [i32; 2],
    poles: [i32; 2],
    zeros: [i32; 6],
    /// The last six quantized differences.
    differences: [i32; 6],
    log_scale: i32,
    scale: i32,
}

impl Band {
    /// [LOGSCL, SCALEL and their like]
    fn rescale(&mut self, change: i32, most: i32, shift: i32) {
        self.log_scale = (((self.log_scale * 127) >> 7) + change).clamp(0, most);
        let power = POWERS[(self.log_scale >> 6 & 31) as usize];
        let shift = shift - (self.log_scale >> 11);
        self.scale = (if shift < 0 { power << -shift } else { power >> shift }) << 2;
    }

    /// Takes in the quantized difference of this sample and predicts the next one.
    fn adapt(&mut self, difference: i32) {
        // [RECONS, PARREC]
        let reconstructed = sat(self.predicted + difference);
        let partial = sat(self.from_zeros + difference);
        let is_alike = |of: i32| (partial < 0) == (of < 0);
        // [UPPOL2]
        let first = sat(self.poles[0] << 2);
        let turned = if is_alike(self.partial[0]) { -first } else { first }.min(32_767);
        let second = (turned >> 7) + if is_alike(self.partial[1]) { 128 } else { -128 };
        let second = (second + ((self.poles[1] * 32_512) >> 15)).clamp(-12_288, 12_288);
        // [UPPOL1]
        let first = if is_alike(self.partial[0]) { 192 } else { -192 } + ((self.poles[0] * 32_640) >> 15);
        let bound = sat(15_360 - second);
        let first = sat(first).clamp(-bound, bound);
        // [UPZERO]
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, before) in self.zeros.iter_mut().zip(self.differences) {
            let towards = if (before < 0) == (difference < 0) { step } else { -step };
            *zero = sat(towards + ((*zero * 32_640) >> 15));
        }
        // [DELAYA]
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];
        self.poles = [first, second];
        // [FILTEP, FILTEZ, PREDIC]
        let product = |factor: i32, value: i32| (factor * sat(value + value)) >> 15;
        let from_poles = sat(product(first, self.reconstructed[0]) + product(second, self.reconstructed[1]));
        let zeros = self.zeros.iter().zip(self.differences);
        self.from_zeros = sat(zeros.map(|(zero, difference)| product(*zero, difference)).sum());
        self.predicted = sat(from_poles + self.from_zeros);
    }
}

/// The decoder, with what it keeps from byte to byte.
#[derive(Debug)]
pub struct G722 {
    lower: Band,
    upper: Band,
    /// Sums and differences of the bands, the newest last.
    joined: [i32; 24],
}

impl Default for G722 {
    fn default() -> Self {
        let band = |scale| Band { scale, ..Band::default() };
        Self { lower: band(32), upper: band(8), joined: [0; 24] }
    }
}

impl G722 {
    /// Decodes a byte onto the end of `samples`.
    pub fn byte(&mut self, code: u8, samples: &mut Vec<f32>) {
        let (low, high) = (usize::from(code & 0x3f), usize::from(code >> 6));
        let lower = (self.lower.predicted + ((self.lower.scale * STEPS_6[low]) >> 15)).clamp(-16_384, 16_383);
        let difference = (self.lower.scale * STEPS_4[low >> 2]) >> 15;
        self.lower.rescale(LOWER_SCALE[low >> 2], 18_432, 8);
        self.lower.adapt(difference);
        let difference = (self.upper.scale * STEPS_2[high]) >> 15;
        let upper = (self.upper.predicted + difference).clamp(-16_384, 16_383);
        self.upper.rescale(UPPER_SCALE[high], 22_528, 10);
        self.upper.adapt(difference);
        // [RECA, RECB, ACCUMC, ACCUMD]
        self.joined.copy_within(2.., 0);
        (self.joined[22], self.joined[23]) = (lower + upper, lower - upper);
        let pairs = self.joined.chunks(2);
        let (even, odd) = pairs
            .zip(0..)
            .fold((0, 0), |(even, odd), (pair, n)| (even + pair[0] * FILTER[n], odd + pair[1] * FILTER[11 - n]));
        for sum in [odd, even] {
            samples.push(sat(sum >> 11) as f32 / 32_768.0);
        }
    }
}
