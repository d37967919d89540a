//! A voice: pulses of the glottis, or hiss, through the resonances of a mouth.

use std::f32::consts::PI;

use super::syllable::{Coda, Formants, Onset, Syllable, SyllableTone};

/// Samples per second of a telephone line.
pub const RATE: usize = 8_000;
/// Pitch and resonances change in steps of five milliseconds; the ear hears a glide.
const FRAME: usize = 40;
/// Part of each pitch period in which the glottis is open.
const OPEN: f32 = 0.62;

/// How somebody sounds.
#[derive(Debug, Clone, Copy)]
pub struct Character {
    /// The middle of the pitch, in Hz.
    pub pitch: f32,
    /// How lively the pitch moves; 1 is as in the tones' description.
    pub liveliness: f32,
    /// Resonances relative to a grown man's: a smaller head sounds higher.
    pub size: f32,
    /// Share of breath in the voice.
    pub breath: f32,
    pub gain: f32,
}

/// A second-order resonance.
#[derive(Debug, Clone, Copy, Default)]
struct Resonance {
    a: f32,
    b: f32,
    c: f32,
    y1: f32,
    y2: f32,
}

impl Resonance {
    fn tune(&mut self, hz: f32, width: f32) {
        let hz = hz.min(RATE as f32 * 0.46);
        self.c = -(-2.0 * PI * width / RATE as f32).exp();
        self.b = 2.0 * (-PI * width / RATE as f32).exp() * (2.0 * PI * hz / RATE as f32).cos();
        self.a = 1.0 - self.b - self.c;
    }

    fn pass(&mut self, x: f32) -> f32 {
        let y = self.a * x + self.b * self.y1 + self.c * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

/// Somebody who speaks.
#[derive(Debug, Clone)]
pub struct Voice {
    character: Character,
    noise: Noise,
    /// Where in the pitch period the glottis is, 0 to 1.
    phase: f32,
    mouth: [Resonance; 4],
    /// Where the mouth is on its way to the next sound; it cannot jump, and a resonance that did would click.
    shape: Formants,
    hiss: Resonance,
    /// Loudness of voice and hiss at the last sample.
    level: (f32, f32),
    /// The flow after the throat has taken the edge off it.
    dull: f32,
}

impl Voice {
    /// A voice that is silent yet.
    pub fn new(character: Character, seed: u64) -> Self {
        let mut voice = Self {
            character,
            noise: Noise::new(seed),
            phase: 0.0,
            mouth: [Resonance::default(); 4],
            shape: CLOSED,
            hiss: Resonance::default(),
            level: (0.0, 0.0),
            dull: 0.0,
        };
        voice.mouth[3].tune(3_350.0, 300.0);
        voice
    }

    /// Says a syllable into `out`, which is as long as it lasts. `lift` shifts its pitch, in semitones, from its
    /// beginning to its end; the `last` one of a phrase dies away, others run into the next.
    pub fn say(&mut self, syllable: &Syllable, lift: (f32, f32), last: bool, out: &mut [f32]) {
        let out_len = out.len();
        let length = out_len.max(1) as f32;
        let begin = match syllable.onset {
            Onset::None => 0.0,
            Onset::Murmur => 0.2,
            Onset::Hiss(..) => 0.3,
            Onset::Stop(_) => 0.22,
        };
        let end = match (syllable.coda, syllable.tone) {
            (Coda::Stop, _) => 0.78,
            (_, SyllableTone::Heavy) => 0.84,
            _ => 1.0,
        };
        if let Onset::Hiss(hz, _) | Onset::Stop(hz) = syllable.onset {
            self.hiss.tune(hz, 900.0);
        }
        let mut done = 0;
        for frame in out.chunks_mut(FRAME) {
            let t = done as f32 / length;
            done += frame.len();
            let inside = ((t - begin) / (end - begin)).clamp(0.0, 1.0);
            let semitones =
                tone_pitch(syllable.tone, inside) * self.character.liveliness + lift.0 + (lift.1 - lift.0) * t;
            let step = self.character.pitch * (semitones / 12.0).exp2() / RATE as f32;
            let closed =
                (syllable.onset == Onset::Murmur && t < begin) || (syllable.coda == Coda::Nasal && inside > 0.74);
            self.shape(if closed { CLOSED } else { glide(&syllable.vowels, inside) }, closed);
            let voiced = if t < begin {
                if closed { 0.45 } else { 0.0 }
            } else if t >= end {
                0.0
            } else {
                let attack = (inside * 12.0).min(1.0);
                let rest = if last || syllable.coda == Coda::Stop { 0.0 } else { 0.3 };
                let release = ((1.0 - inside) * 6.0).min(1.0) * (1.0 - rest) + rest;
                let fall = 1.0 - 0.35 * inside;
                attack * release * fall * tone_loudness(syllable.tone, inside) * if closed { 0.55 } else { 1.0 }
            };
            let hissing = match syllable.onset {
                Onset::Hiss(_, loud) if t < begin => loud * (t / begin * PI).sin().max(0.1),
                Onset::Stop(_) if t < begin && t > begin * 0.7 => 0.9,
                _ => 0.0,
            };
            let level = if last && done >= out_len { (0.0, 0.0) } else { (voiced, hissing) };
            self.sound(frame, step, level);
        }
    }

    fn shape(&mut self, formants: Formants, closed: bool) {
        let widths = if closed { [70.0, 300.0, 350.0] } else { [75.0, 105.0, 170.0] };
        for (now, target) in self.shape.iter_mut().zip(formants) {
            *now += (target - *now) * 0.42;
        }
        for ((resonance, hz), width) in self.mouth.iter_mut().zip(self.shape).zip(widths) {
            resonance.tune(hz * self.character.size, width);
        }
    }

    fn sound(&mut self, frame: &mut [f32], step: f32, (voiced, hissing): (f32, f32)) {
        let each = 1.0 / frame.len() as f32;
        let rise = ((voiced - self.level.0) * each, (hissing - self.level.1) * each);
        for sample in frame {
            self.level.0 += rise.0;
            self.level.1 += rise.1;
            let noise = self.noise.next();
            self.phase += step;
            if self.phase >= 1.0 {
                // No two pitch periods of a living voice are quite the same.
                self.phase -= 1.0 - noise * 0.012;
            }
            // The flow through the glottis rises slowly and stops at once; this is its slope (after Klatt).
            let pulse = if self.phase < OPEN && self.phase > 0.0 {
                let x = self.phase / OPEN;
                (2.0 * x - 3.0 * x * x) * 1.6
            } else {
                0.0
            };
            self.dull += (self.level.0 * (pulse + noise * self.character.breath) - self.dull) * 0.5;
            let mut flow = self.dull;
            for resonance in &mut self.mouth {
                flow = resonance.pass(flow);
            }
            *sample += self.character.gain * (flow + 0.4 * self.hiss.pass(noise * self.level.1));
        }
    }
}

/// What a closed mouth lets through.
const CLOSED: Formants = [260.0, 1_050.0, 2_200.0];

/// The vowels' resonances at a part of the syllable: each holds for a while, then glides to the next.
fn glide((vowels, count): &([Formants; 3], usize), part: f32) -> Formants {
    let last = count - 1;
    let place = part * last as f32;
    let from = (place as usize).min(last);
    let to = (from + 1).min(last);
    let blend = ((place - from as f32 - 0.2) / 0.6).clamp(0.0, 1.0);
    std::array::from_fn(|n| vowels[from][n] + (vowels[to][n] - vowels[from][n]) * blend)
}

/// The pitch of a tone over its syllable, in semitones from the middle of the voice.
fn tone_pitch(tone: SyllableTone, part: f32) -> f32 {
    let points: [f32; 5] = match tone {
        SyllableTone::Level => [1.5, 1.6, 1.5, 1.4, 1.2],
        SyllableTone::Falling => [-0.8, -1.6, -2.6, -3.5, -4.2],
        SyllableTone::Rising => [0.2, 0.0, 1.2, 3.4, 5.6],
        SyllableTone::Dipping => [-0.5, -2.8, -4.6, -3.4, -1.2],
        SyllableTone::Broken => [0.4, -0.6, -1.6, 3.0, 5.8],
        SyllableTone::Heavy => [-0.6, -2.2, -4.2, -5.6, -6.4],
    };
    let place = part * 4.0;
    let from = (place as usize).min(3);
    points[from] + (points[from + 1] - points[from]) * (place - from as f32)
}

/// The broken tone stops for a moment in its middle.
fn tone_loudness(tone: SyllableTone, part: f32) -> f32 {
    if tone == SyllableTone::Broken && (0.45..0.58).contains(&part) { 0.12 } else { 1.0 }
}

/// White noise between −1 and 1: xorshift, which is fast and need not be any better.
#[derive(Debug, Clone)]
pub struct Noise(u32);

impl Noise {
    /// The noise of a seed.
    pub fn new(seed: u64) -> Self {
        Self((seed ^ (seed >> 32)) as u32 | 1)
    }

    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0.cast_signed() as f32 / i32::MAX as f32
    }
}
