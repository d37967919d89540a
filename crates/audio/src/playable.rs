//! Writes what a browser plays: WAV with PCM of 16 bits.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
};

use crate::found::Playable;

const HEADER_BYTES: u64 = 44;

/// A WAV that grows.
pub struct Writer {
    file: BufWriter<File>,
    channels: usize,
    rate: u32,
    data: u64,
}

impl Writer {
    /// Into a file without a name.
    pub fn new(channels: usize, rate: u32) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(64 * 1024, tempfile::tempfile()?);
        file.write_all(&[0; HEADER_BYTES as usize])?;
        Ok(Self { file, channels, rate, data: 0 })
    }

    /// Whether samples of so many channels at this rate go on with it.
    pub fn takes(&self, channels: usize, rate: u32) -> bool {
        self.channels == channels && self.rate == rate
    }

    /// One list of samples −1…1 for each channel.
    pub fn take(&mut self, planes: &[Vec<f32>]) -> io::Result<()> {
        let frames = planes.iter().map(Vec::len).min().unwrap_or(0);
        for frame in 0..frames {
            for plane in planes {
                let sample = (plane[frame] * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16;
                self.file.write_all(&sample.to_le_bytes())?;
            }
        }
        self.data += (frames * planes.len() * 2) as u64;
        Ok(())
    }

    /// Writes the header over its beginning.
    pub fn finish(self) -> io::Result<Playable> {
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let (data, block) = (self.data as u32, self.channels as u32 * 2);
        let mut header = Vec::with_capacity(HEADER_BYTES as usize);
        header.extend_from_slice(b"RIFF");
        header.extend_from_slice(&(data + HEADER_BYTES as u32 - 8).to_le_bytes());
        header.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0");
        header.extend_from_slice(&(self.channels as u16).to_le_bytes());
        header.extend_from_slice(&self.rate.to_le_bytes());
        header.extend_from_slice(&(self.rate * block).to_le_bytes());
        header.extend_from_slice(&(block as u16).to_le_bytes());
        header.extend_from_slice(b"\x10\0data");
        header.extend_from_slice(&data.to_le_bytes());
        file.rewind()?;
        file.write_all(&header)?;
        file.rewind()?;
        Ok(Playable { file, bytes: HEADER_BYTES + self.data })
    }
}
