//! What a recording is: its format, its length and its waveform, found by reading it, whatever its sender calls it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::limits::{RECORDING_CPU_SECONDS, RECORDING_HEAD_BYTES, RECORDING_SAMPLES};
use symphonia::core::{
    audio::GenericAudioBufferRef,
    codecs::audio::{AudioDecoder, AudioDecoderOptions},
    errors::Error,
    formats::{FormatOptions, FormatReader, Track, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
};

use super::allowance::{Allowance, Metered};

/// Loudness values per channel of a waveform: more than a screen has pixels for it.
const PEAKS: usize = 800;

/// What was found out.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// The media type that fits what it is.
    pub content_type: &'static str,
    /// Its length in milliseconds, where it can be told.
    pub duration: Option<i64>,
    /// The loudness 0…1 over time of each channel; none where its codec is not known.
    pub peaks: Option<Vec<Vec<f32>>>,
}

/// Why it is no recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAudio {
    /// No known container, or nothing in it that could be decoded.
    #[error("is not audio that browsers play: WAV (PCM, µ-law or A-law), MP3, Ogg, FLAC, M4A or AAC")]
    Unknown,
    /// A container without an audio track.
    #[error("holds no audio track")]
    NoTrack,
    /// Not one sample could be read.
    #[error("holds no sound: it is empty or cut off")]
    Empty,
    /// It would take too long to read, and to listen to.
    #[error(
        "holds more than {RECORDING_SAMPLES} samples, the most that a recording may: 12 hours of two sides at 8,000 a second"
    )]
    TooLong,
    /// Its tables alone would fill the memory.
    #[error("holds more than {} MiB before its sound begins, the most that a recording may", RECORDING_HEAD_BYTES >> 20)]
    LongHead,
    /// It is made so that it is hard to read.
    #[error("takes more than {RECORDING_CPU_SECONDS} s of a processor to read through, the most that a recording may")]
    TooCostly,
    /// Nobody waits for the answer any more.
    #[error("is no longer waited for")]
    Left,
}

/// The endings of file names and media types.
const TYPES: [(&str, &str); 7] = [
    ("audio/wav", "wav"),
    ("audio/mpeg", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/flac", "flac"),
    ("audio/mp4", "m4a"),
    ("audio/aac", "aac"),
    ("audio/webm", "webm"),
];

/// The ending of the file name for a media type.
pub fn extension(content_type: &str) -> &'static str {
    TYPES.iter().find(|(media, _)| *media == content_type).map_or("bin", |(_, extension)| extension)
}

/// A recording that is being read through.
pub struct Probe {
    content_type: &'static str,
    /// As its container says.
    duration: Option<i64>,
    track: u32,
    rate: Option<u32>,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    heard: Heard,
    /// Samples of one packet by channel; kept for the next one.
    planes: Vec<Vec<f32>>,
    allowance: Arc<Allowance>,
}

/// How far it is.
pub enum Step {
    /// Something is left to read.
    More(Box<Probe>),
    /// All is known.
    Done(Probed),
}

impl Probe {
    /// Reads what stands before the sound. Like all of it, not on a thread that answers requests.
    pub fn begin(source: impl MediaSource + 'static, allowance: Arc<Allowance>) -> Result<Step, NotAudio> {
        let opened = Self::open(source, &allowance);
        allowance.head_ends();
        // What broke it off is the reason, whatever the reader made of that.
        allowance.check()?;
        opened
    }

    fn open(source: impl MediaSource + 'static, allowance: &Arc<Allowance>) -> Result<Step, NotAudio> {
        let source = Metered::new(source, Arc::clone(allowance));
        let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let format = symphonia::default::get_probe().probe(
            &Hint::new(),
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        );
        let format = format.map_err(|_| NotAudio::Unknown)?;
        let content_type = content_type(format.format_info().short_name);
        let track = format.first_track(TrackType::Audio).ok_or(NotAudio::NoTrack)?;
        let duration = track_duration(track);
        let id = track.id;
        let Some(params) = track.codec_params.as_ref().and_then(|params| params.audio()) else {
            return Err(NotAudio::NoTrack);
        };
        let rate = params.sample_rate;
        if rate == Some(0) {
            // Without a rate nothing says how fast it is to be played.
            return Err(NotAudio::Unknown);
        }
        let made = symphonia::default::get_codecs().make_audio_decoder(params, &AudioDecoderOptions::default());
        let Ok(decoder) = made else {
            // A container that is understood with a codec that is not (Opus): it plays in browsers, it has no waveform.
            return if duration == Some(0) {
                Err(NotAudio::Empty)
            } else {
                Ok(Step::Done(Probed { content_type, duration, peaks: None }))
            };
        };
        let sides = params.channels.as_ref().map_or(1, |channels| channels.count() as u64);
        if track.num_frames.is_some_and(|frames| frames.saturating_mul(sides) > allowance.samples()) {
            return Err(NotAudio::TooLong);
        }
        let (heard, planes, allowance) = (Heard::default(), Vec::new(), Arc::clone(allowance));
        Ok(Step::More(Box::new(Self {
            content_type,
            duration,
            track: id,
            rate,
            format,
            decoder,
            heard,
            planes,
            allowance,
        })))
    }

    /// Reads on for so long.
    pub fn go_on(mut self: Box<Self>, time: Duration) -> Result<Step, NotAudio> {
        let is_at_end = self.listen(time);
        self.allowance.check()?;
        if self.heard.samples > self.allowance.samples() {
            return Err(NotAudio::TooLong);
        }
        if is_at_end { Ok(Step::Done(self.finish()?)) } else { Ok(Step::More(self)) }
    }

    /// Whether it came to the end, or to what may go no further.
    fn listen(&mut self, time: Duration) -> bool {
        let since = Instant::now();
        // A recording that is cut off or changes in the middle counts up to there.
        while let Ok(Some(packet)) = self.format.next_packet() {
            if packet.track_id == self.track {
                match self.decoder.decode(&packet) {
                    Ok(buffer) => self.heard.take(&buffer, &mut self.planes),
                    Err(Error::DecodeError(_) | Error::IoError(_)) => self.heard.broken += 1,
                    Err(_) => break,
                }
            }
            if self.heard.samples > self.allowance.samples() || self.allowance.check().is_err() {
                break;
            }
            if since.elapsed() >= time {
                return false;
            }
        }
        true
    }

    fn finish(self) -> Result<Probed, NotAudio> {
        let heard = self.heard;
        if heard.frames == 0 {
            return Err(if heard.broken > 0 { NotAudio::Unknown } else { NotAudio::Empty });
        }
        // Random bytes hold what looks like an MP3 frame now and then; a recording is more right than wrong.
        if heard.broken > heard.decoded {
            return Err(NotAudio::Unknown);
        }
        let rate = heard.rate.or(self.rate).filter(|rate| *rate > 0);
        let counted = rate.map(|rate| (heard.frames * 1_000 / u64::from(rate)) as i64);
        let duration = counted.or(self.duration);
        Ok(Probed { content_type: self.content_type, duration, peaks: Some(heard.waveform.finish()) })
    }
}

fn content_type(format: &str) -> &'static str {
    match format {
        "wave" => "audio/wav",
        "mp3" | "mpa" | "mp1" | "mp2" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "flac" => "audio/flac",
        "isomp4" => "audio/mp4",
        "aac" => "audio/aac",
        "matroska" | "webm" => "audio/webm",
        _ => "application/octet-stream",
    }
}

fn track_duration(track: &Track) -> Option<i64> {
    let (base, duration) = (track.time_base?, track.duration?);
    i64::try_from(base.calc_duration(duration)?.as_millis()).ok()
}

/// What came out of decoding.
#[derive(Debug, Default)]
struct Heard {
    frames: u64,
    /// Frames of all channels.
    samples: u64,
    rate: Option<u32>,
    decoded: u64,
    broken: u64,
    waveform: Waveform,
}

impl Heard {
    fn take(&mut self, buffer: &GenericAudioBufferRef<'_>, planes: &mut Vec<Vec<f32>>) {
        self.decoded += 1;
        self.frames += buffer.frames() as u64;
        self.samples += (buffer.frames() * buffer.spec().channels().count()) as u64;
        self.rate = Some(buffer.spec().rate());
        self.waveform.take(buffer, planes);
    }
}

/// The largest samples of equal stretches. The length is not known beforehand: when there are too many stretches, each
/// two become one of twice the length.
#[derive(Debug)]
struct Waveform {
    channels: Vec<Vec<f32>>,
    /// Frames in one stretch.
    stretch: usize,
    /// Frames in the last stretch so far.
    filled: usize,
}

impl Default for Waveform {
    fn default() -> Self {
        Self { channels: Vec::new(), stretch: 16, filled: 0 }
    }
}

impl Waveform {
    fn take(&mut self, buffer: &GenericAudioBufferRef<'_>, planes: &mut Vec<Vec<f32>>) {
        buffer.copy_to_vecs_planar(planes);
        self.take_planes(planes);
    }

    fn take_planes(&mut self, planes: &[Vec<f32>]) {
        // A channel that comes or goes in the middle is not drawn.
        if self.channels.is_empty() {
            self.channels = vec![Vec::new(); planes.len()];
        }
        let frames = planes.first().map_or(0, Vec::len);
        let mut from = 0;
        while from < frames {
            if self.filled == 0 || self.filled == self.stretch {
                self.begin();
            }
            let to = frames.min(from + self.stretch - self.filled);
            for (peaks, plane) in self.channels.iter_mut().zip(planes) {
                let loudest = plane[from..to].iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
                if let Some(last) = peaks.last_mut() {
                    *last = last.max(loudest);
                }
            }
            self.filled += to - from;
            from = to;
        }
    }

    fn begin(&mut self) {
        if self.channels.first().is_some_and(|peaks| peaks.len() == 2 * PEAKS) {
            for peaks in &mut self.channels {
                *peaks = peaks.chunks(2).map(|pair| pair.iter().copied().fold(0.0, f32::max)).collect();
            }
            self.stretch *= 2;
        }
        for peaks in &mut self.channels {
            peaks.push(0.0);
        }
        self.filled = 0;
    }

    fn finish(self) -> Vec<Vec<f32>> {
        let thin = |peaks: Vec<f32>| {
            let count = peaks.len().min(PEAKS);
            let bounds = |n: usize| n * peaks.len() / count;
            (0..count)
                .map(|n| peaks[bounds(n)..bounds(n + 1)].iter().copied().fold(0.0, f32::max))
                // Three digits are finer than a pixel.
                .map(|peak| (peak.min(1.0) * 1_000.0).round() / 1_000.0)
                .collect()
        };
        self.channels.into_iter().map(thin).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{super::samples::flac, *};

    /// A WAV file: `encode` writes one sample of −1…1; left is a loud tone, right is silent until half-time.
    fn wav(
        format: u16,
        bits: u16,
        rate: u32,
        channels: u16,
        frames: u32,
        encode: impl Fn(f32, &mut Vec<u8>),
    ) -> Vec<u8> {
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

    fn within(bytes: &[u8], allowance: Allowance) -> Result<Probed, NotAudio> {
        let mut step = Probe::begin(Cursor::new(bytes.to_vec()), Arc::new(allowance))?;
        loop {
            match step {
                Step::Done(probed) => return Ok(probed),
                // After each packet somebody else has a turn.
                Step::More(probe) => step = probe.go_on(Duration::ZERO)?,
            }
        }
    }

    fn of(bytes: &[u8]) -> Result<Probed, NotAudio> {
        within(bytes, Allowance::default())
    }

    /// So many samples of silence in a FLAC, of which the header says nothing or too much.
    #[test]
    fn a_small_file_that_unpacks_to_hours_ends_at_the_limit() {
        let hours = flac(0, 65_535, 200);
        assert!(hours.len() < 4_000, "{}", hours.len());
        assert_eq!(of(&hours).unwrap().duration, Some(200 * 65_535 * 1_000 / 8_000));
        let allowed = |samples| Allowance::new(samples, Duration::from_secs(30));
        assert_eq!(within(&hours, allowed(200 * 65_535)).unwrap().content_type, "audio/flac");
        assert_eq!(within(&hours, allowed(200 * 65_535 - 1)), Err(NotAudio::TooLong));
        // Nothing of it is unpacked where it says how long it is.
        assert_eq!(of(&flac(RECORDING_SAMPLES + 1, 65_535, 1)), Err(NotAudio::TooLong));
        assert_eq!(within(&hours, Allowance::new(u64::MAX, Duration::ZERO)), Err(NotAudio::TooCostly));
    }

    #[test]
    fn a_head_that_does_not_end_is_not_read_to_its_end() {
        let mut file = Vec::from(*b"RIFF\xff\xff\xff\xffWAVE");
        // A list of names that fills the memory of whoever keeps it.
        let list = 2 * RECORDING_HEAD_BYTES as u32;
        file.extend_from_slice(b"LIST");
        file.extend_from_slice(&list.to_le_bytes());
        file.extend_from_slice(b"INFO");
        while file.len() < list as usize {
            file.extend_from_slice(b"ICMT\x00\x00\x01\x00");
            file.resize(file.len() + 65_536, b'a');
        }
        assert_eq!(of(&file), Err(NotAudio::LongHead));
    }

    #[test]
    fn what_nobody_waits_for_is_not_read() {
        let allowance = Allowance::default();
        allowance.leave();
        assert_eq!(within(&wav(1, 16, 8_000, 1, 80, pcm16), allowance), Err(NotAudio::Left));
    }

    #[test]
    fn a_two_sided_call_has_its_length_and_a_waveform_for_each_side() {
        let files = [wav(1, 16, 8_000, 2, 8_000 * 30, pcm16), wav(7, 8, 8_000, 2, 8_000 * 30, mu_law)];
        for file in files {
            let probed = of(&file).unwrap();
            assert_eq!((probed.content_type, probed.duration), ("audio/wav", Some(30_000)));
            let peaks = probed.peaks.unwrap();
            assert_eq!(peaks.len(), 2);
            assert!(peaks.iter().all(|side| side.len() == PEAKS));
            assert!(peaks[0].iter().all(|peak| (0.7..=0.9).contains(peak)));
            assert!(peaks[1][..PEAKS / 2 - 2].iter().all(|peak| *peak < 0.01));
            assert!(peaks[1][PEAKS / 2 + 2..].iter().all(|peak| (0.4..=0.6).contains(peak)));
        }
    }

    #[test]
    fn a_very_short_recording_has_a_short_waveform() {
        let probed = of(&wav(1, 16, 8_000, 1, 80, pcm16)).unwrap();
        assert_eq!(probed.duration, Some(10));
        assert_eq!(probed.peaks.unwrap()[0].len(), 5);
    }

    #[test]
    fn what_is_not_audio_is_refused() {
        assert_eq!(of(b""), Err(NotAudio::Unknown));
        assert_eq!(of(b"<html><script>alert(1)</script></html>"), Err(NotAudio::Unknown));
        assert_eq!(of(&wav(1, 16, 8_000, 1, 0, pcm16)), Err(NotAudio::Empty));
        let noise: Vec<u8> = (0..300_000_u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect();
        assert_eq!(of(&noise), Err(NotAudio::Unknown));
    }
}
