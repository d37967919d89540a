//! Reads a recording through, whatever its sender calls it: its format, its length, its waveform, and what a browser plays.

use std::{
    io::{self, BufReader, Read},
    sync::Arc,
    time::{Duration, Instant},
};

use symphonia::core::io::MediaSource;

use crate::{
    allowance::{Allowance, Metered},
    amr::Amr,
    blocks::Blocks,
    container,
    found::{Failed, NotAudio, Probed, known_beginning},
    heard::{Heard, OpenedRecording, Piece},
    playable::Writer,
    raw::Raw,
    wav,
};

/// Bytes at the beginning that say what a file is.
const BEGINNING: usize = 64;
/// How files begin that say by themselves what they are, whatever their name says.
const OWN_NAMES: [&[u8]; 6] = [b"OggS", b"fLaC", b"\x1a\x45\xdf\xa3", b"ID3", b"#!AMR", b"RIFF"];
/// Samples a second that browsers play (Chromium from 3,000 on, Firefox up to 192,000).
const RATES: std::ops::RangeInclusive<u32> = 3_000..=192_000;
/// Channels that browsers play.
const CHANNELS: usize = 8;

/// A recording that is being read through.
pub struct Probe {
    opened: OpenedRecording,
    heard: Heard,
    /// Samples of one piece by channel; kept for the next one.
    planes: Vec<Vec<f32>>,
    /// What browsers play, where that is not what was sent; begun with the first piece.
    playable: Option<Writer>,
    allowance: Arc<Allowance>,
}

/// How far it is.
pub enum ProbeStep {
    /// Something is left to read.
    More(Box<Probe>),
    /// All is known.
    Done(Probed),
}

impl Probe {
    /// Reads what stands before the sound; `raw` is what its sender says it is, should it have no header. Like all of it, not on a
    /// thread that answers requests.
    pub fn begin(
        source: impl MediaSource + 'static,
        raw: Option<Raw>,
        allowance: Arc<Allowance>,
    ) -> Result<ProbeStep, Failed> {
        let opened = open(Metered::new(source, Arc::clone(&allowance)), raw, &allowance);
        allowance.head_ends();
        // What broke it off is the reason, whatever the reader made of that.
        allowance.check()?;
        let opened = opened?;
        match opened.rate {
            // Without a rate nothing says how fast it is to be played.
            Some(0) => return Err(NotAudio::Unknown.into()),
            Some(rate) if !RATES.contains(&rate) => return Err(NotAudio::Rate(rate).into()),
            _ => {}
        }
        if opened.channels > CHANNELS {
            return Err(NotAudio::Channels(opened.channels).into());
        }
        let sides = opened.channels as u64;
        if opened.frames.is_some_and(|frames| frames.saturating_mul(sides) > allowance.samples()) {
            return Err(NotAudio::TooLong.into());
        }
        let (heard, planes, playable) = (Heard::default(), Vec::new(), None);
        Ok(ProbeStep::More(Box::new(Self { opened, heard, planes, playable, allowance })))
    }

    /// Reads on for so long.
    pub fn go_on(mut self: Box<Self>, time: Duration) -> Result<ProbeStep, Failed> {
        let is_at_end = self.listen(time)?;
        self.allowance.check()?;
        if self.heard.samples > self.allowance.samples() {
            return Err(NotAudio::TooLong.into());
        }
        if is_at_end { Ok(ProbeStep::Done(self.finish()?)) } else { Ok(ProbeStep::More(self)) }
    }

    /// Whether it came to the end, or to what may go no further.
    fn listen(&mut self, time: Duration) -> io::Result<bool> {
        let since = Instant::now();
        loop {
            match self.opened.sound.next(&mut self.planes) {
                Piece::Samples { rate } => {
                    if !self.opened.plays_as_sent && !self.convert(rate)? {
                        return Ok(true);
                    }
                    self.heard.take(&self.planes, rate);
                }
                Piece::Drawn { frames } => self.heard.draw(&self.planes, frames),
                Piece::Other => {}
                Piece::Broken => self.heard.broken += 1,
                Piece::End => return Ok(true),
            }
            if self.heard.samples > self.allowance.samples() || self.allowance.check().is_err() {
                return Ok(true);
            }
            if since.elapsed() >= time {
                return Ok(false);
            }
        }
    }

    /// Writes the piece; `false` where it has other channels or another rate, with which no WAV can go on.
    fn convert(&mut self, rate: u32) -> io::Result<bool> {
        let channels = self.planes.len();
        let playable = match &mut self.playable {
            Some(playable) => playable,
            None => self.playable.insert(Writer::new(channels, rate)?),
        };
        if !playable.takes(channels, rate) {
            return Ok(false);
        }
        playable.take(&self.planes)?;
        Ok(true)
    }

    fn finish(self) -> Result<Probed, Failed> {
        let heard = self.heard;
        if heard.frames == 0 {
            return Err(if heard.broken > 0 { NotAudio::Unknown } else { NotAudio::Empty }.into());
        }
        // Random bytes hold what looks like an MP3 frame now and then; a recording is more right than wrong.
        if heard.broken > heard.decoded {
            return Err(NotAudio::Unknown.into());
        }
        let rate = heard.rate.or(self.opened.rate).filter(|rate| *rate > 0);
        let counted = rate.map(|rate| (heard.frames * 1_000 / u64::from(rate)) as i64);
        // Packets hold more than is to be played: what encoders begin and end with, of which the container tells.
        let told = self.opened.duration.filter(|told| *told > 0);
        Ok(Probed {
            content_type: self.opened.content_type,
            duration: match (counted, told) {
                (Some(counted), Some(told)) => Some(counted.min(told)),
                (counted, told) => counted.or(told),
            },
            peaks: heard.waveform.finish(),
            playable: self.playable.map(Writer::finish).transpose()?,
        })
    }
}

fn open(
    mut source: impl MediaSource + 'static,
    raw: Option<Raw>,
    allowance: &Arc<Allowance>,
) -> Result<OpenedRecording, Failed> {
    let file_bytes = source.byte_len().unwrap_or(0);
    let mut begin = Vec::with_capacity(BEGINNING);
    source.by_ref().take(BEGINNING as u64).read_to_end(&mut begin)?;
    source.rewind()?;
    if begin.is_empty() {
        return Err(NotAudio::Empty.into());
    }
    if wav::is_wav(&begin) {
        return Ok(open_wav(source, file_bytes)?);
    }
    if let Some(amr) = Amr::of(&begin) {
        return open_amr(amr, source, allowance);
    }
    let known = known_beginning(&begin).map(|name| NotAudio::NotPlayed(name.into()));
    let says_itself = OWN_NAMES.iter().any(|mark| begin.starts_with(mark)) || begin.get(4..8) == Some(b"ftyp");
    match raw.filter(|_| !says_itself) {
        Some(_) if known.is_some() => Err(known.unwrap_or(NotAudio::Unknown).into()),
        Some(raw) => Ok(open_raw(source, raw, file_bytes)?),
        // Its name is better than that it is not known.
        None => Ok(container::open(source, allowance).map_err(|error| match error {
            NotAudio::Unknown => known.unwrap_or(error),
            error => error,
        })?),
    }
}

fn open_wav(source: impl MediaSource + 'static, file_bytes: u64) -> Result<OpenedRecording, NotAudio> {
    let mut source = BufReader::new(source);
    let layout = wav::read(&mut source, file_bytes)?;
    let plays = matches!(layout.coding, wav::WavCoding::Pcm(1 | 2) | wav::WavCoding::ALaw | wav::WavCoding::MuLaw);
    Ok(OpenedRecording {
        content_type: "audio/wav",
        plays_as_sent: plays && layout.is_told_right,
        duration: None,
        frames: None,
        channels: layout.channels,
        rate: Some(layout.rate),
        sound: Box::new(Blocks::of_wav(source, &layout)?),
    })
}

fn open_raw(source: impl MediaSource + 'static, raw: Raw, file_bytes: u64) -> Result<OpenedRecording, NotAudio> {
    Ok(OpenedRecording {
        content_type: raw.content_type,
        plays_as_sent: false,
        duration: None,
        frames: None,
        channels: 1,
        rate: Some(raw.rate),
        sound: Box::new(Blocks::of_raw(BufReader::new(source), raw, file_bytes)?),
    })
}

fn open_amr(amr: Amr, mut source: impl MediaSource, allowance: &Allowance) -> Result<OpenedRecording, Failed> {
    // All of it is read here, and none of it is kept.
    allowance.head_ends();
    let samples = amr.decode(&mut source, allowance)?;
    let bytes = samples.metadata()?.len();
    let raw = Raw::linear(amr.rate, amr.content_type);
    let sound = Blocks::of_raw(BufReader::new(samples), raw, bytes)?;
    Ok(OpenedRecording {
        content_type: amr.content_type,
        plays_as_sent: false,
        duration: None,
        frames: None,
        channels: 1,
        rate: Some(amr.rate),
        sound: Box::new(sound),
    })
}
