//! Sound that stands in blocks of one size, as in WAV and in files without a header.

use std::io::{BufReader, Read};

use symphonia::core::{
    audio::Channels,
    codecs::audio::{
        AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
        well_known::{
            CODEC_ID_PCM_ALAW, CODEC_ID_PCM_F32LE, CODEC_ID_PCM_F64LE, CODEC_ID_PCM_MULAW, CODEC_ID_PCM_S16LE,
            CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
        },
    },
    packet::Packet,
    units::{Duration, Timestamp},
};

use crate::{
    adpcm::{self, IMA_HEAD, MS_HEAD},
    found::NotAudio,
    g722::G722,
    gsm::{FRAME, FRAME_BYTES, Gsm, PAIR_BYTES},
    heard::{Piece, Sound},
    raw,
    wav::{WavCoding, WavLayout},
};

/// Samples of each channel that are decoded at once, about.
const AT_ONCE: usize = 4_096;

/// Blocks, one after the other.
pub struct Blocks<R> {
    source: BufReader<R>,
    /// Bytes of sound that are left.
    left: u64,
    /// Bytes of a block, and samples of each channel in it.
    block: usize,
    frames: usize,
    rate: u32,
    decoder: BlockDecoder,
    buffer: Vec<u8>,
}

enum BlockDecoder {
    /// What symphonia decodes.
    Packets(Box<dyn AudioDecoder>),
    /// Of so many channels.
    AdpcmMs(usize),
    AdpcmIma(usize),
    GsmFrames(Gsm),
    GsmPairs(Gsm),
    G722(G722),
}

impl<R: Read> Blocks<R> {
    /// The sound of a WAV, from where the reader stands.
    pub fn of_wav(source: BufReader<R>, layout: &WavLayout) -> Result<Self, NotAudio> {
        let WavLayout { coding, channels, rate, block, bytes, .. } = *layout;
        let packets = |codec| packets(codec, channels, rate);
        // Of an ADPCM block, the head of each channel holds one or two samples, and each byte after it two.
        let adpcm = |head: usize| (block / channels - head) * 2;
        let (decoder, frames) = match coding {
            WavCoding::Pcm(wide) => {
                let codecs = [CODEC_ID_PCM_U8, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE];
                (packets(codecs[wide - 1])?, 1)
            }
            WavCoding::Float(4) => (packets(CODEC_ID_PCM_F32LE)?, 1),
            WavCoding::Float(_) => (packets(CODEC_ID_PCM_F64LE)?, 1),
            WavCoding::ALaw => (packets(CODEC_ID_PCM_ALAW)?, 1),
            WavCoding::MuLaw => (packets(CODEC_ID_PCM_MULAW)?, 1),
            WavCoding::AdpcmMs => (BlockDecoder::AdpcmMs(channels), adpcm(MS_HEAD) + 2),
            WavCoding::AdpcmIma => (BlockDecoder::AdpcmIma(channels), adpcm(IMA_HEAD) + 1),
            WavCoding::Gsm => (BlockDecoder::GsmPairs(Gsm::default()), 2 * FRAME),
            WavCoding::G722 => (BlockDecoder::G722(G722::default()), 2),
        };
        Ok(Self { source, left: bytes, block, frames, rate, decoder, buffer: Vec::new() })
    }

    /// All of a file without a header, of so many bytes.
    pub fn of_raw(source: BufReader<R>, raw: raw::Raw, bytes: u64) -> Result<Self, NotAudio> {
        let packets = |codec| packets(codec, 1, raw.rate);
        let (decoder, block, frames) = match raw.coding {
            raw::RawCoding::MuLaw => (packets(CODEC_ID_PCM_MULAW)?, 1, 1),
            raw::RawCoding::ALaw => (packets(CODEC_ID_PCM_ALAW)?, 1, 1),
            raw::RawCoding::Linear => (packets(CODEC_ID_PCM_S16LE)?, 2, 1),
            raw::RawCoding::Gsm => (BlockDecoder::GsmFrames(Gsm::default()), FRAME_BYTES, FRAME),
            raw::RawCoding::G722 => (BlockDecoder::G722(G722::default()), 1, 2),
        };
        Ok(Self { source, left: bytes, block, frames, rate: raw.rate, decoder, buffer: Vec::new() })
    }
}

/// A decoder of symphonia's.
fn packets(codec: AudioCodecId, channels: usize, rate: u32) -> Result<BlockDecoder, NotAudio> {
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(codec)
        .with_sample_rate(rate)
        .with_channels(Channels::Discrete(channels as u16))
        .with_max_frames_per_packet(AT_ONCE as u64);
    let made = symphonia::default::get_codecs().make_audio_decoder(&params, &AudioDecoderOptions::default());
    made.map(BlockDecoder::Packets).map_err(|_| NotAudio::Channels(channels))
}

impl<R: Read + Send> Sound for Blocks<R> {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Piece {
        let blocks = (AT_ONCE / self.frames).max(1).min((self.left / self.block as u64) as usize);
        if blocks == 0 {
            // What is left of a block that was cut off is no sound.
            return Piece::End;
        }
        self.buffer.resize(blocks * self.block, 0);
        if self.source.read_exact(&mut self.buffer).is_err() {
            return Piece::End;
        }
        self.left -= self.buffer.len() as u64;
        match &mut self.decoder {
            BlockDecoder::Packets(decoder) => {
                let frames = Duration::new((blocks * self.frames) as u64);
                match decoder.decode(&Packet::new(0, Timestamp::ZERO, frames, self.buffer.as_slice())) {
                    Ok(buffer) => buffer.copy_to_vecs_planar(planes),
                    Err(_) => return Piece::Broken,
                }
            }
            BlockDecoder::AdpcmMs(channels) => {
                let planes = empty(planes, *channels);
                if !self.buffer.chunks(self.block).all(|block| adpcm::ms(block, planes)) {
                    return Piece::Broken;
                }
            }
            BlockDecoder::AdpcmIma(channels) => {
                let planes = empty(planes, *channels);
                self.buffer.chunks(self.block).for_each(|block| adpcm::ima(block, planes));
            }
            BlockDecoder::GsmFrames(gsm) => {
                let samples = only(planes);
                if !self.buffer.chunks(FRAME_BYTES).all(|frame| gsm.frame(frame, samples)) {
                    return Piece::Broken;
                }
            }
            BlockDecoder::GsmPairs(gsm) => {
                let samples = only(planes);
                self.buffer.chunks(PAIR_BYTES).for_each(|pair| gsm.pair(pair, samples));
            }
            BlockDecoder::G722(g722) => {
                let samples = only(planes);
                self.buffer.iter().for_each(|byte| g722.byte(*byte, samples));
            }
        }
        Piece::Samples { rate: self.rate }
    }
}

/// Planes of so many channels, without samples.
fn empty(planes: &mut Vec<Vec<f32>>, channels: usize) -> &mut [Vec<f32>] {
    planes.resize_with(channels, Vec::new);
    planes.iter_mut().for_each(Vec::clear);
    planes
}

/// The plane of a sound of one side.
fn only(planes: &mut Vec<Vec<f32>>) -> &mut Vec<f32> {
    &mut empty(planes, 1)[0]
}
