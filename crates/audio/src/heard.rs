//! What is heard of a recording: how much of it, and how loud.

/// Loudness values per channel of a waveform: more than a screen has pixels for it.
pub const PEAKS: usize = 800;

/// Sound, piece by piece.
pub trait Sound: Send {
    /// Decodes the next piece into `planes`, one list of samples −1…1 for each channel.
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Piece;
}

/// What came of a piece.
pub enum Piece {
    /// The planes hold it.
    Samples { rate: u32 },
    /// It has so many samples of each channel. The planes hold what is drawn of it, which is coarser, or nothing.
    Drawn { frames: u64 },
    /// It is of another track.
    Other,
    /// It could not be decoded.
    Broken,
    /// Nothing follows that could be read.
    End,
}

/// A recording whose head was read.
pub struct OpenedRecording {
    pub content_type: &'static str,
    /// Whether browsers play it as it is.
    pub plays_as_sent: bool,
    /// Its length in milliseconds, as its container says.
    pub duration: Option<i64>,
    /// Samples of each channel, as its container says.
    pub frames: Option<u64>,
    pub channels: usize,
    pub rate: Option<u32>,
    pub sound: Box<dyn Sound>,
}

/// What came out of decoding.
#[derive(Debug, Default)]
pub struct Heard {
    pub frames: u64,
    /// Frames of all channels.
    pub samples: u64,
    pub rate: Option<u32>,
    pub decoded: u64,
    pub broken: u64,
    pub waveform: Waveform,
}

impl Heard {
    /// One list of samples for each channel.
    pub fn take(&mut self, planes: &[Vec<f32>], rate: u32) {
        let frames = planes.first().map_or(0, Vec::len);
        self.decoded += 1;
        self.frames += frames as u64;
        self.samples += (frames * planes.len()) as u64;
        self.rate = Some(rate);
        self.waveform.take(planes);
    }

    /// So many samples of each channel, of which the planes hold what is drawn.
    pub fn draw(&mut self, planes: &[Vec<f32>], frames: u64) {
        self.decoded += 1;
        self.frames += frames;
        self.samples += frames;
        // Half of it is no drawing.
        if planes.is_empty() {
            self.waveform = Waveform::default();
        } else {
            self.waveform.take(planes);
        }
    }
}

/// The largest samples of equal stretches. The length is not known beforehand: when there are too many stretches, each
/// two become one of twice the length.
#[derive(Debug)]
pub struct Waveform {
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
    pub fn take(&mut self, planes: &[Vec<f32>]) {
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

    /// The loudness of each channel; none where nothing was decoded.
    pub fn finish(self) -> Option<Vec<Vec<f32>>> {
        let thin = |peaks: Vec<f32>| {
            let count = peaks.len().min(PEAKS);
            let bounds = |n: usize| n * peaks.len() / count;
            (0..count)
                .map(|n| peaks[bounds(n)..bounds(n + 1)].iter().copied().fold(0.0, f32::max))
                // Three digits are finer than a pixel.
                .map(|peak| (peak.min(1.0) * 1_000.0).round() / 1_000.0)
                .collect()
        };
        let is_heard = !self.channels.is_empty();
        is_heard.then(|| self.channels.into_iter().map(thin).collect())
    }
}
