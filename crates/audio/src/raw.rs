//! Recordings without a header, as Asterisk writes them: only their names, or their media types, say what they are.

/// What a file of nothing but samples or frames is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw {
    /// The media type it is kept with.
    pub(crate) content_type: &'static str,
    /// Samples a second.
    pub(crate) rate: u32,
    pub(crate) coding: RawCoding,
    /// The endings of its files, that of downloads first.
    endings: &'static [&'static str],
    /// Other media types it is sent with.
    also: &'static [&'static str],
}

/// How samples are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RawCoding {
    MuLaw,
    ALaw,
    /// 16 bits each, the lower byte first.
    Linear,
    /// Frames of 33 bytes.
    Gsm,
    G722,
}

macro_rules! raw {
    ($content_type:literal, $rate:literal, $coding:ident, $endings:expr, $also:expr) => {
        Raw { content_type: $content_type, rate: $rate, coding: RawCoding::$coding, endings: &$endings, also: &$also }
    };
}

/// The endings are those of Asterisk's formats (formats/format_pcm.c, format_sln.c, format_gsm.c, format_g722 in format_pcm.c), the
/// media types those of RFC 2046, RFC 4856 and RFC 3551.
const RAW: [Raw; 12] = [
    raw!("audio/pcmu", 8_000, MuLaw, ["ulaw", "ul", "mu", "ulw"], ["audio/basic", "audio/x-mulaw", "audio/x-ulaw"]),
    raw!("audio/pcma", 8_000, ALaw, ["alaw", "al", "alw"], ["audio/x-alaw", "audio/x-alaw-basic"]),
    raw!("audio/gsm", 8_000, Gsm, ["gsm"], ["audio/x-gsm"]),
    raw!("audio/g722", 16_000, G722, ["g722"], ["audio/x-g722"]),
    raw!("audio/x-sln", 8_000, Linear, ["sln", "sln8"], []),
    raw!("audio/x-sln12", 12_000, Linear, ["sln12"], []),
    raw!("audio/x-sln16", 16_000, Linear, ["sln16"], []),
    raw!("audio/x-sln24", 24_000, Linear, ["sln24"], []),
    raw!("audio/x-sln32", 32_000, Linear, ["sln32"], []),
    raw!("audio/x-sln44", 44_100, Linear, ["sln44"], []),
    raw!("audio/x-sln48", 48_000, Linear, ["sln48"], []),
    raw!("audio/x-sln96", 96_000, Linear, ["sln96"], []),
];

impl Raw {
    /// What a file of this name is, without a header; none where its ending says nothing of the kind.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        let is_it = |known: &&str| known.eq_ignore_ascii_case(ending);
        RAW.into_iter().find(|raw| raw.endings.iter().any(is_it))
    }

    /// Samples of 16 bits, as another program wrote them.
    pub(crate) fn linear(rate: u32, content_type: &'static str) -> Self {
        Self { content_type, rate, coding: RawCoding::Linear, endings: &[], also: &[] }
    }

    /// What is sent with this media type (in lower case, without parameters).
    pub fn of_media_type(media: &str) -> Option<Self> {
        RAW.into_iter().find(|raw| raw.content_type == media || raw.also.contains(&media))
    }
}

/// The ending of the file name for a media type.
pub(crate) fn extension(content_type: &str) -> Option<&'static str> {
    let raw = RAW.iter().find(|raw| raw.content_type == content_type)?;
    raw.endings.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_a_media_type_says_what_it_is() {
        let of = |name: &str| Raw::of_name(name).map(|raw| (raw.coding, raw.rate));
        assert_eq!(of("1761890400.12.gsm"), Some((RawCoding::Gsm, 8_000)));
        assert_eq!(of("/var/spool/in.SLN16"), Some((RawCoding::Linear, 16_000)));
        assert_eq!(of("x.ulaw"), Raw::of_media_type("audio/basic").map(|raw| (raw.coding, raw.rate)));
        for other in ["x.wav", "gsm", "x.raw", ""] {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(Raw::of_media_type("audio/wav"), None);
        for raw in RAW {
            assert_eq!(extension(raw.content_type), raw.endings.first().copied());
            assert_eq!(Raw::of_media_type(raw.content_type), Some(raw));
        }
    }
}
