//! Containers that symphonia reads: MP3, Ogg, FLAC, M4A, AAC, WebM. Browsers play some codecs in each, and those are kept as they
//! are; what else is decoded is converted; the rest is refused by its name.

use std::sync::Arc;

use symphonia::core::{
    audio::Channels,
    codecs::audio::{
        AudioCodecId, AudioDecoder, AudioDecoderOptions,
        well_known::{
            CODEC_ID_AAC, CODEC_ID_AC3, CODEC_ID_ALAC, CODEC_ID_EAC3, CODEC_ID_FLAC, CODEC_ID_MP3, CODEC_ID_OPUS,
            CODEC_ID_SPEEX, CODEC_ID_VORBIS, CODEC_ID_WAVPACK, CODEC_ID_WMA,
        },
    },
    errors::Error,
    formats::{FormatOptions, FormatReader, Track, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
    units::Duration,
};

use crate::{
    allowance::Allowance,
    found::NotAudio,
    heard::{OpenedRecording, Piece, Sound},
    opus::{self, Drawing},
};

/// The reader's name of a container, our media type and name, and the codecs in it that Chromium, Firefox and Safari play.
const CONTAINERS: [(&str, &str, &str, &[AudioCodecId]); 8] = [
    ("mp3", "audio/mpeg", "MP3", &[CODEC_ID_MP3]),
    ("mp2", "audio/mpeg", "MPEG", &[]),
    ("mp1", "audio/mpeg", "MPEG", &[]),
    ("ogg", "audio/ogg", "Ogg", &[CODEC_ID_VORBIS, CODEC_ID_OPUS, CODEC_ID_FLAC]),
    ("flac", "audio/flac", "FLAC", &[CODEC_ID_FLAC]),
    ("isomp4", "audio/mp4", "MP4", &[CODEC_ID_AAC, CODEC_ID_MP3, CODEC_ID_FLAC, CODEC_ID_OPUS]),
    ("aac", "audio/aac", "AAC", &[CODEC_ID_AAC]),
    ("matroska", "audio/webm", "WebM", &[CODEC_ID_OPUS, CODEC_ID_VORBIS]),
];

/// Names of codecs that are not decoded.
const CODECS: [(AudioCodecId, &str); 7] = [
    (CODEC_ID_SPEEX, "Speex"),
    (CODEC_ID_ALAC, "Apple Lossless"),
    (CODEC_ID_AC3, "AC-3"),
    (CODEC_ID_EAC3, "E-AC-3"),
    (CODEC_ID_WMA, "WMA"),
    (CODEC_ID_WAVPACK, "WavPack"),
    (CODEC_ID_AAC, "a kind of AAC that is not AAC-LC"),
];

/// The packets of one track.
struct Packets {
    format: Box<dyn FormatReader>,
    track: u32,
    /// None for Opus, whose packets are counted.
    decoder: Option<Box<dyn AudioDecoder>>,
    /// Of Opus, as long as it is drawn.
    drawing: Option<Drawing>,
    /// Samples of Opus that are not played.
    skipped: u64,
    /// The end of the last packets is not cut off where the container only guesses its length.
    is_guessed: bool,
}

/// Opens a file whose container symphonia is to find out.
pub fn open(source: impl MediaSource + 'static, allowance: &Arc<Allowance>) -> Result<OpenedRecording, NotAudio> {
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let probe = symphonia::default::get_probe();
    let format = probe.probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default());
    let format = format.map_err(|_| NotAudio::Unknown)?;
    let name = format.format_info().short_name;
    let known = CONTAINERS.into_iter().find(|container| container.0 == name);
    let (_, content_type, name, played) = known.ok_or(NotAudio::Unknown)?;
    let track = format.first_track(TrackType::Audio).ok_or(NotAudio::NoTrack)?;
    let params = track.codec_params.as_ref().and_then(|params| params.audio()).ok_or(NotAudio::NoTrack)?;
    let (id, is_opus) = (track.id, params.codec == CODEC_ID_OPUS);
    // Without a tag of its encoder the length of an MP3 is guessed from its first frames.
    let is_guessed = params.codec == CODEC_ID_MP3 && track.delay.is_none();
    let skipped = opus::pre_skip(params.extra_data.as_deref());
    let decoder = if is_opus {
        None
    } else {
        let made = symphonia::default::get_codecs().make_audio_decoder(params, &AudioDecoderOptions::default());
        Some(made.map_err(|_| NotAudio::NotPlayed(not_played(name, params.codec).into()))?)
    };
    let channels = params.channels.as_ref().map_or(1, Channels::count);
    let head = params.extra_data.as_deref();
    let drawing = if is_opus { Drawing::new(head, channels, Arc::clone(allowance)) } else { None };
    let opened = OpenedRecording {
        content_type,
        plays_as_sent: played.contains(&params.codec),
        duration: if is_opus { opus_duration(track, skipped) } else { track_duration(track).filter(|_| !is_guessed) },
        frames: track.num_frames.filter(|_| !is_guessed),
        channels,
        rate: if is_opus { Some(opus::RATE) } else { params.sample_rate },
        sound: Box::new(Packets { track: id, decoder, drawing, skipped, is_guessed, format }),
    };
    Ok(opened)
}

fn not_played(container: &str, codec: AudioCodecId) -> String {
    let name = CODECS.iter().find(|(id, _)| *id == codec).map_or("a codec that is not known", |(_, name)| *name);
    format!("{container} with {name}")
}

fn track_duration(track: &Track) -> Option<i64> {
    let (base, duration) = (track.time_base?, track.duration?);
    i64::try_from(base.calc_duration(duration)?.as_millis()).ok()
}

/// Where a track of Opus counts samples (in Ogg), it counts those that are not played as well.
fn opus_duration(track: &Track, skipped: u64) -> Option<i64> {
    let counts_samples = track.time_base.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == opus::RATE);
    let samples = track.duration.filter(|_| counts_samples)?.get();
    Some((samples.saturating_sub(skipped) * 1_000 / u64::from(opus::RATE)) as i64)
}

impl Sound for Packets {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Piece {
        // A recording that is cut off or changes in the middle counts up to there.
        let Ok(Some(mut packet)) = self.format.next_packet() else { return Piece::End };
        if packet.track_id != self.track {
            return Piece::Other;
        }
        let Some(decoder) = &mut self.decoder else {
            let Some(samples) = opus::samples(&packet.data) else { return Piece::Broken };
            let skipped = samples.min(self.skipped);
            self.skipped -= skipped;
            self.drawing.take_if(|drawing| !drawing.draw(&packet.data, samples, skipped, planes));
            if self.drawing.is_none() {
                planes.clear();
            }
            return Piece::Drawn { frames: samples - skipped };
        };
        if self.is_guessed {
            packet.trim_end = Duration::ZERO;
        }
        match decoder.decode(&packet) {
            Ok(buffer) => {
                buffer.copy_to_vecs_planar(planes);
                Piece::Samples { rate: buffer.spec().rate() }
            }
            Err(Error::DecodeError(_) | Error::IoError(_)) => Piece::Broken,
            Err(_) => Piece::End,
        }
    }
}
