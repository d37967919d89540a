//! Recordings: both sides of a call as it would sound on the line.
//!
//! Nobody's voice and nothing that a person said: a small formant synthesiser reads the transcript, syllable by syllable
//! with its tones, muffled as on a telephone. Each side speaks exactly when the transcript says so.

mod syllable;
mod voice;
mod wave;

use domain::{Call, CallId, CallRecord, HangupBy, Speaker, TranscriptLine};
use rand::RngExt;

use self::{
    syllable::Syllable,
    voice::{Character, Noise, RATE, Voice},
};
use crate::{
    random::{pick, stream},
    speech::{self, Beat},
};

pub use self::wave::CONTENT_TYPE as RECORDING_CONTENT_TYPE;

/// One in so many recordings has both sides on one channel, as some platforms send them.
const MONO: u32 = 16;
/// How loud the bot is in the customer's channel, and how long after: the customer's telephone lets it through.
const ECHO: (f32, usize) = (0.02, RATE * 90 / 1_000);

/// What a recording follows from.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    id: &'a CallId,
    /// How long they talked, ms.
    talk: i64,
    transcript: Option<&'a [TranscriptLine]>,
    hangup_by: Option<HangupBy>,
}

impl<'a> From<&'a CallRecord> for Heard<'a> {
    fn from(call: &'a CallRecord) -> Self {
        let talk = match (call.answered_at, call.ended_at) {
            (Some(answered), Some(ended)) => (ended.0 - answered.0).max(0),
            _ => 0,
        };
        Self { id: &call.id, talk, transcript: call.transcript.as_deref(), hangup_by: call.hangup_by }
    }
}

impl<'a> From<&'a Call> for Heard<'a> {
    fn from(call: &'a Call) -> Self {
        Self { id: &call.id, talk: call.talk_time, transcript: call.transcript.as_deref(), hangup_by: call.hangup_by }
    }
}

impl Heard<'_> {
    fn samples(&self) -> usize {
        self.talk as usize * RATE / 1_000
    }

    fn channels(&self, seed: u64) -> u16 {
        if stream(seed, self.id.as_str(), 1).random_ratio(1, MONO) { 1 } else { 2 }
    }
}

/// The size of the recording that [`recording`] makes.
pub fn recording_bytes<'a>(call: impl Into<Heard<'a>>, seed: u64) -> u64 {
    let call = call.into();
    let data = call.samples() * usize::from(call.channels(seed));
    (wave::HEADER_BYTES + data.next_multiple_of(2)) as u64
}

/// Makes the recording of a call: a WAV file, 8 kHz, left the bot and right the customer, as long as they talked.
/// The same call and seed make the same bytes. A call that nobody answered has no samples.
pub fn recording<'a>(call: impl Into<Heard<'a>>, seed: u64) -> Vec<u8> {
    let call = call.into();
    let Heard { id, talk, .. } = call;
    // The id's bytes are the purpose: every call has voices of its own.
    let mut rng = stream(seed, id.as_str(), 0);
    let lines = call.transcript.map_or_else(|| murmur(&mut rng, talk), <[TranscriptLine]>::to_vec);
    let (bot, customer) = characters(&mut rng, &lines);
    let mut left = vec![0.0; call.samples()];
    let mut right = vec![0.0; call.samples()];
    speak(&lines, Speaker::Bot, talk, Voice::new(bot, rng.random()), &mut left);
    speak(&lines, Speaker::Customer, talk, Voice::new(customer, rng.random()), &mut right);
    line_sounds(call.hangup_by, &mut Noise::new(rng.random()), &mut left, &mut right);
    if call.channels(seed) == 1 {
        let mixed: Vec<f32> = left.iter().zip(&right).map(|(left, right)| (left + right) * 0.7).collect();
        wave::mulaw_wav(&mixed, 1)
    } else {
        let interleaved: Vec<f32> = left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]).collect();
        wave::mulaw_wav(&interleaved, 2)
    }
}

/// The bot has one voice, that of a young woman; customers have their own.
fn characters(rng: &mut impl rand::Rng, lines: &[TranscriptLine]) -> (Character, Character) {
    let bot = Character { pitch: 208.0, liveliness: 0.85, size: 1.14, breath: 0.05, gain: 0.17 };
    let spoken_to_as_chi = lines.iter().any(|line| line.speaker == Speaker::Bot && line.text.contains(" chị"));
    let liveliness = rng.random_range(0.85..1.25);
    let breath = rng.random_range(0.05..0.22);
    let gain = rng.random_range(0.1..0.18);
    let customer = if spoken_to_as_chi {
        Character {
            pitch: rng.random_range(178.0..235.0),
            liveliness,
            size: rng.random_range(1.08..1.18),
            breath,
            gain,
        }
    } else {
        Character { pitch: rng.random_range(98.0..142.0), liveliness, size: rng.random_range(0.94..1.03), breath, gain }
    };
    (bot, customer)
}

/// Speaks one side's lines into its channel.
fn speak(lines: &[TranscriptLine], side: Speaker, talk: i64, mut voice: Voice, channel: &mut [f32]) {
    for (n, line) in lines.iter().enumerate().filter(|(_, line)| line.speaker == side) {
        let until = lines.get(n + 1).map_or(talk, |next| next.at).min(talk);
        let room = (until - line.at).max(0);
        let needed = speech::spoken_ms(&line.text, side).max(1);
        // A line that another sender timed more tightly is spoken faster.
        let pace = (room as f64 / needed as f64).min(1.0);
        let question = line.text.ends_with('?');
        let mut clock = line.at as f64;
        let mut beats = speech::beats(&line.text, side).peekable();
        while let Some(beat) = beats.next() {
            let ms = match beat {
                Beat::Syllable(_, ms) | Beat::Rest(ms) => ms as f64 * pace,
            };
            if let Beat::Syllable(word, _) = beat {
                let sample_at = |ms: f64| ((ms * RATE as f64 / 1_000.0) as usize).min(channel.len());
                let range = sample_at(clock)..sample_at(clock + ms);
                // A sentence sinks by three semitones; a question rises at its end.
                let part = ((clock - line.at as f64) / needed as f64) as f32;
                let sinking = 1.2 - 3.0 * part;
                let lift = if question && part > 0.85 { (sinking, sinking + 4.0) } else { (sinking, sinking) };
                let last = !matches!(beats.peek(), Some(Beat::Syllable(..)));
                voice.say(&Syllable::read(word), lift, last, &mut channel[range]);
            }
            clock += ms;
        }
    }
}

/// What a line adds: noise on both sides, more behind the customer, a click when the call is taken, the echo of the bot,
/// the tone of a line that the customer has left, and little sound outside 300 to 2,800 Hz.
fn line_sounds(hangup_by: Option<HangupBy>, noise: &mut Noise, left: &mut [f32], right: &mut [f32]) {
    let (gain, delay) = ECHO;
    for n in delay..right.len() {
        right[n] += left[n - delay] * gain;
    }
    // The customer's room rumbles: low noise that swells and fades.
    let (mut room, mut swell) = (0.0_f32, 0.0_f32);
    for (n, (bot, customer)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
        if n.is_multiple_of(RATE / 50) {
            swell = 0.6 + 0.4 * (n as f32 / RATE as f32 * 0.9).sin();
        }
        let hum = noise.next();
        room += (hum - room) * 0.12;
        *customer += room * 0.014 * swell + hum * 0.0022;
        *bot += noise.next() * 0.0011;
    }
    let click = right.len().min(RATE / 100);
    for (n, sample) in right[..click].iter_mut().enumerate() {
        *sample += 0.25 * (1.0 - n as f32 / click as f32) * noise.next();
    }
    if hangup_by == Some(HangupBy::Customer) {
        // 425 Hz is the tone of Vietnamese exchanges.
        let from = left.len().saturating_sub(RATE / 5);
        for (n, sample) in left.iter_mut().enumerate().skip(from) {
            *sample += 0.09 * (n as f32 * 425.0 / RATE as f32 * std::f32::consts::TAU).sin();
        }
    }
    for channel in [left, right] {
        band(channel);
    }
}

/// A telephone's band: two poles of high-pass at 300 Hz, a second-order low-pass at 2,800 Hz.
fn band(channel: &mut [f32]) {
    // Coefficients of a Butterworth low-pass for 2,800 of 8,000 Hz.
    const B: [f32; 3] = [0.505, 1.01, 0.505];
    const A: [f32; 2] = [0.7478, 0.2722];
    let (mut low1, mut low2) = (0.0_f32, 0.0_f32);
    let (mut x1, mut x2, mut y1, mut y2) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
    for sample in channel {
        low1 += (*sample - low1) * 0.15;
        let high = *sample - low1;
        low2 += (high - low2) * 0.08;
        let x = high - low2;
        let y = B[0] * x + B[1] * x1 + B[2] * x2 - A[0] * y1 - A[1] * y2;
        (x2, x1, y2, y1) = (x1, x, y1, y);
        // Loud syllables are pressed together, not clipped.
        *sample = y / (1.0 + y.abs() * 0.6);
    }
}

/// Turns for a call without a transcript: somebody says something, then the other.
fn murmur(rng: &mut impl rand::Rng, talk: i64) -> Vec<TranscriptLine> {
    const WORDS: [&str; 24] = [
        "dạ", "em", "vâng", "anh", "chị", "phí", "hợp", "đồng", "bảo", "hiểm", "ngày", "tháng", "thông", "tin", "được",
        "không", "này", "thì", "cảm", "ơn", "gọi", "lại", "xin", "ạ",
    ];
    let mut lines = Vec::new();
    let mut at = 400;
    let mut speaker = Speaker::Customer;
    loop {
        let words = match speaker {
            Speaker::Bot => rng.random_range(9..26),
            Speaker::Customer => rng.random_range(1..9),
        };
        let text: Vec<&str> = (0..words).map(|_| pick(rng, &WORDS)).collect();
        let text = format!("{}.", text.join(" "));
        let text = speech::said_within(&text, speaker, talk - 300 - at);
        if text.is_empty() {
            return lines;
        }
        let spoken = speech::spoken_ms(&text, speaker);
        lines.push(TranscriptLine { at, speaker, text });
        at += spoken + rng.random_range(450..1_400);
        speaker = if speaker == Speaker::Bot { Speaker::Customer } else { Speaker::Bot };
    }
}
