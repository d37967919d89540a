//! ADPCM in WAV: 4 bits for each sample, in blocks that begin anew. IMA (formats 0x11, "Recommended Practices for Enhancing Digital Audio
//! Compatibility in Multimedia Systems", IMA 1992) and Microsoft's (format 2, "New Multimedia Data Types and Data Techniques", 1994).

/// Bytes at the beginning of a block, of each channel.
pub const IMA_HEAD: usize = 4;
pub const MS_HEAD: usize = 7;

const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
];
/// How the place among the steps follows the lower three bits of a code.
const STEP_CHANGES: [i32; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

/// How much the last two samples count, in 256ths.
const COEFFICIENTS: [(i32, i32); 7] = [(256, 0), (512, -256), (0, 0), (192, 64), (240, 0), (460, -208), (392, -232)];
/// How the scale follows a code, in 256ths.
const SCALES: [i32; 16] = [230, 230, 230, 230, 307, 409, 512, 614, 768, 614, 512, 409, 307, 230, 230, 230];
const LEAST_SCALE: i32 = 16;
/// More than any encoder comes to; beyond it a product would not fit.
const MOST_SCALE: i32 = 1 << 20;

fn sample(value: i32) -> f32 {
    value as f32 / 32_768.0
}

fn signed_16(bytes: &[u8]) -> i32 {
    i32::from(i16::from_le_bytes([bytes[0], bytes[1]]))
}

/// Decodes a block of IMA onto the ends of `planes`, one for each channel.
pub fn ima(block: &[u8], planes: &mut [Vec<f32>]) {
    let channels = planes.len();
    let (heads, codes) = block.split_at(channels * IMA_HEAD);
    for (channel, plane) in planes.iter_mut().enumerate() {
        let head = &heads[channel * IMA_HEAD..];
        let (mut value, mut place) = (signed_16(head), i32::from(head[2]).min(88));
        plane.push(sample(value));
        // Four bytes of each channel in turn, their lower halves first.
        for four in codes.chunks_exact(4).skip(channel).step_by(channels) {
            for code in four.iter().flat_map(|byte| [byte & 15, byte >> 4]) {
                let size = i32::from(code & 7);
                let change = ((2 * size + 1) * STEPS[place as usize]) >> 3;
                value = (value + if code & 8 == 0 { change } else { -change }).clamp(-32_768, 32_767);
                place = (place + STEP_CHANGES[size as usize]).clamp(0, 88);
                plane.push(sample(value));
            }
        }
    }
}

/// Decodes a block of Microsoft's ADPCM onto the ends of `planes`; `false` where it says no way of predicting.
pub fn ms(block: &[u8], planes: &mut [Vec<f32>]) -> bool {
    let channels = planes.len();
    let (heads, codes) = block.split_at(channels * MS_HEAD);
    let field = |n: usize, channel: usize| signed_16(&heads[channels * (1 + 2 * n) + 2 * channel..]);
    let mut halves = codes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut states = Vec::with_capacity(channels);
    for (channel, plane) in planes.iter_mut().enumerate() {
        let Some(coefficients) = COEFFICIENTS.get(usize::from(heads[channel])) else { return false };
        let (scale, last, before) = (field(0, channel), field(1, channel), field(2, channel));
        plane.extend([sample(before), sample(last)]);
        states.push((*coefficients, scale, last, before));
    }
    // The channels take turns.
    for _ in 0..codes.len() * 2 / channels {
        for (plane, ((first, second), scale, last, before)) in planes.iter_mut().zip(&mut states) {
            let Some(code) = halves.next() else { return true };
            let signed = if code & 8 == 0 { i32::from(code) } else { i32::from(code) - 16 };
            let predicted = (*last * *first + *before * *second) / 256;
            *before = *last;
            *last = (predicted + signed * *scale).clamp(-32_768, 32_767);
            *scale = ((SCALES[usize::from(code)] * *scale) / 256).clamp(LEAST_SCALE, MOST_SCALE);
            plane.push(sample(*last));
        }
    }
    true
}
