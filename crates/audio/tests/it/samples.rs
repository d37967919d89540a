//! Recordings that tests make.

/// A FLAC of one side at 8,000 samples a second: so many frames of silence, each of `block` samples in a few bytes. Its head says
/// that it has `said` samples; 0 says nothing.
pub fn flac(said: u64, block: u16, frames: u32) -> Vec<u8> {
    let mut file = Vec::from(*b"fLaC\x80\0\0\x22");
    file.extend_from_slice(&block.to_be_bytes());
    file.extend_from_slice(&block.to_be_bytes());
    // The sizes of its frames are not known.
    file.extend_from_slice(&[0; 6]);
    // 20 bits of rate, 3 of sides less one, 5 of bits less one, 36 of samples.
    file.extend_from_slice(&((8_000_u64 << 44) | (15 << 36) | said).to_be_bytes());
    file.extend_from_slice(&[0; 16]);
    for number in 0..frames {
        let begin = file.len();
        // A frame of fixed size; 16 bits of size less one, the rate of the head; one side of 16 bits.
        file.extend_from_slice(&[0xff, 0xf8, 0x70, 0x08]);
        file.extend_from_slice(&coded(number));
        file.extend_from_slice(&(block - 1).to_be_bytes());
        file.push(crc(&file[begin..], 8, 0x07) as u8);
        // A constant: no bits of it are wasted, and it is 0.
        file.extend_from_slice(&[0, 0, 0]);
        let check = crc(&file[begin..], 16, 0x8005) as u16;
        file.extend_from_slice(&check.to_be_bytes());
    }
    file
}

/// A number as UTF-8 writes characters, those that are none too.
fn coded(number: u32) -> Vec<u8> {
    let low = |shift: u32| 0x80 | (number >> shift & 0x3f) as u8;
    let high = |mark: u8, shift: u32| mark | (number >> shift) as u8;
    match number {
        0..0x80 => vec![number as u8],
        0x80..0x800 => vec![high(0xc0, 6), low(0)],
        0x800..0x1_0000 => vec![high(0xe0, 12), low(6), low(0)],
        _ => vec![high(0xf0, 18), low(12), low(6), low(0)],
    }
}

fn crc(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let (top, mask) = (1 << (bits - 1), (1 << bits) - 1);
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u32::from(*byte) << (bits - 8)), |crc, _| {
            let shifted = (crc << 1) & mask;
            if crc & top == 0 { shifted } else { shifted ^ polynomial }
        })
    })
}
