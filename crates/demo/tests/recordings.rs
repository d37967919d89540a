//! The recordings can be played, and say what the transcript says.

use demo::{Demo, recording};
use domain::{CallRecord, CampaignState, Speaker, Timestamp};

const SEED: u64 = 3;

fn demo() -> Demo {
    Demo::new(SEED, "2026-11-23T15:10:00+07:00".parse::<Timestamp>().unwrap())
}

/// Channels, each with its samples from −1 to 1.
fn read(wav: &[u8]) -> Vec<Vec<f64>> {
    let word = |at: usize| u16::from_le_bytes(wav[at..at + 2].try_into().unwrap());
    let long = |at: usize| u32::from_le_bytes(wav[at..at + 4].try_into().unwrap());
    assert_eq!((&wav[..4], &wav[8..16]), (&b"RIFF"[..], &b"WAVEfmt "[..]));
    assert_eq!(long(4) as usize, wav.len() - 8);
    let (format, channels, rate, bits) = (word(20), usize::from(word(22)), long(24), word(34));
    assert_eq!((format, rate, bits), (7, 8_000, 8));
    assert_eq!((long(28), usize::from(word(32))), (8_000 * channels as u32, channels));
    assert_eq!((&wav[38..42], &wav[50..54]), (&b"fact"[..], &b"data"[..]));
    let data = &wav[58..58 + long(54) as usize];
    assert_eq!(long(46) as usize * channels, data.len());
    let sample = |code: u8| {
        let code = !code;
        let magnitude = ((f64::from(code & 0x0f) * 8.0 + 132.0) * f64::from(1_u32 << ((code >> 4) & 7))) - 132.0;
        (if code & 0x80 == 0 { magnitude } else { -magnitude }) / 32_768.0
    };
    (0..channels).map(|n| data.iter().skip(n).step_by(channels).map(|code| sample(*code)).collect()).collect()
}

fn loudness(samples: &[f64]) -> f64 {
    (samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

fn recorded(demo: &Demo) -> Vec<CallRecord> {
    demo.campaigns().iter().flat_map(|campaign| demo.recorded(&campaign.id)).collect()
}

#[test]
fn a_recording_is_as_long_as_they_talked_and_is_heard() {
    let calls = recorded(&demo());
    let mut mono = 0;
    for call in calls.iter().step_by(4) {
        let channels = read(&recording(call, SEED));
        let talk = call.check().unwrap().talk_time;
        for samples in &channels {
            assert_eq!(samples.len() as i64, talk * 8, "{}", call.id);
            assert!(loudness(samples) > 0.001, "{} is silent", call.id);
            assert!(samples.iter().all(|sample| sample.abs() < 0.98), "{} clips", call.id);
        }
        match &channels[..] {
            [_] => mono += 1,
            [left, right] => assert_ne!(left, right, "{}", call.id),
            other => panic!("{}: {} channels", call.id, other.len()),
        }
    }
    assert!(mono > 0 && mono * 3 < calls.len() / 4, "{mono} of {} are mono", calls.len() / 4);
}

#[test]
fn each_side_speaks_when_the_transcript_says_so() {
    let mut compared = 0;
    for call in
        recorded(&demo()).iter().filter(|call| call.transcript.as_ref().is_some_and(|lines| lines.len() > 5)).take(20)
    {
        let channels = read(&recording(call, SEED));
        let [left, right] = &channels[..] else { continue };
        for line in call.transcript.iter().flatten().filter(|line| line.text.split(' ').count() >= 3) {
            let words = (line.at as usize * 8)..(line.at as usize * 8 + 4_000).min(left.len());
            let (speaks, listens) = match line.speaker {
                Speaker::Bot => (left, right),
                Speaker::Customer => (right, left),
            };
            let (heard, silent) = (loudness(&speaks[words.clone()]), loudness(&listens[words]));
            assert!(heard > 0.02 && heard > 6.0 * silent, "{} at {}: {heard} against {silent}", call.id, line.at);
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn speech_is_in_the_telephone_band_and_beats_like_syllables() {
    let calls = recorded(&demo());
    let call = calls.iter().find(|call| call.transcript.as_ref().is_some_and(|lines| lines.len() > 5)).unwrap();
    let channels = read(&recording(call, SEED));
    // Energy of 20 ms frames: speech goes up and down several times a second, a tone does not.
    let line = call.transcript.iter().flatten().find(|l| l.speaker == Speaker::Bot && l.text.len() > 60).unwrap();
    let start = line.at as usize * 8;
    let bot = &channels[0][start..start + 24_000];
    let frames: Vec<f64> = bot.chunks(160).map(loudness).collect();
    let mean = frames.iter().sum::<f64>() / frames.len() as f64;
    let crossings = frames.windows(2).filter(|pair| (pair[0] < mean) != (pair[1] < mean)).count();
    assert!((10..60).contains(&crossings), "{crossings} changes in three seconds");
    // A pure tone of the same loudness has no neighbours that differ so much: the spectrum is spread.
    let power = |hz: f64| {
        let turn = std::f64::consts::TAU * hz / 8_000.0;
        let (mut re, mut im) = (0.0, 0.0);
        for (n, sample) in bot.iter().enumerate() {
            re += sample * (turn * n as f64).cos();
            im += sample * (turn * n as f64).sin();
        }
        re * re + im * im
    };
    let band = |from: u32, to: u32| (from..to).step_by(10).map(|hz| power(f64::from(hz))).sum::<f64>();
    let (below, low, middle, high) = (band(20, 150), band(300, 1_000), band(1_000, 2_800), band(3_500, 3_990));
    assert!(below < low / 50.0 && high < low / 50.0, "{below} {low} {high}");
    assert!(middle > low / 200.0, "{middle} against {low}: no second formant");
}

#[test]
fn the_demo_keeps_enough_recordings_to_play_and_not_too_many() {
    let demo = demo();
    let campaigns = demo.campaigns();
    let mut bytes = 0;
    for campaign in &campaigns {
        let calls = demo.recorded(&campaign.id);
        bytes += calls.iter().map(|call| call.check().unwrap().talk_time as usize * 16).sum::<usize>();
        let last_completed = campaigns.iter().filter_map(|campaign| campaign.completed_at).max();
        if campaign.state == CampaignState::Running
            || campaign.completed_at == last_completed && last_completed.is_some()
        {
            assert!(calls.len() >= 150, "{}: {}", campaign.name, calls.len());
        } else if campaign.state == CampaignState::Completed {
            assert!(!calls.is_empty(), "{} has nothing to play", campaign.name);
        }
    }
    assert!(bytes < 250_000_000, "{bytes} bytes");
}

#[test]
fn the_same_call_and_seed_make_the_same_bytes() {
    let calls = recorded(&demo());
    assert_eq!(recording(&calls[0], SEED), recording(&calls[0], SEED));
    assert_ne!(recording(&calls[0], SEED), recording(&calls[0], SEED + 1));
}

#[test]
fn a_call_without_transcript_or_answer_has_a_recording_too() {
    let mut call = recorded(&demo()).remove(0);
    let talk = call.check().unwrap().talk_time;
    call.transcript = None;
    let channels = read(&recording(&call, SEED));
    assert_eq!(channels[0].len() as i64, talk * 8);
    assert!(loudness(&channels[0]) > 0.001);
    call.answered_at = None;
    assert_eq!(read(&recording(&call, SEED))[0].len(), 0);
}
