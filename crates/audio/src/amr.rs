//! AMR (RFC 4867 §5): the codecs of mobile telephony, which are long to describe and not free everywhere. ffmpeg reads them where it is
//! installed: it gets the bytes and gives samples, both through pipes and files without names.

use std::{
    fs::File,
    io::{ErrorKind, Read, Seek, Write},
    process::{Child, Command, Stdio},
};

use domain::limits::{RECORDING_CPU_SECONDS, RECORDING_SAMPLES};

use crate::{
    allowance::Allowance,
    found::{Failed, NotAudio},
};

/// How a file begins, its media type, name and samples a second.
const KINDS: [(&[u8], Amr); 2] = [
    (b"#!AMR-WB\n", Amr { content_type: "audio/amr-wb", name: "AMR-WB", rate: 16_000 }),
    (b"#!AMR\n", Amr { content_type: "audio/amr", name: "AMR", rate: 8_000 }),
];

/// What kind of AMR.
#[derive(Debug, Clone, Copy)]
pub struct Amr {
    pub content_type: &'static str,
    pub name: &'static str,
    pub rate: u32,
}

impl Amr {
    /// What a file is that begins like this.
    pub fn of(begin: &[u8]) -> Option<Self> {
        KINDS.into_iter().find(|(mark, _)| begin.starts_with(mark)).map(|(_, kind)| kind)
    }

    /// Its samples, of 16 bits, the lower byte first.
    pub fn decode(self, source: &mut impl Read, allowance: &Allowance) -> Result<File, Failed> {
        let mut samples = tempfile::tempfile()?;
        let mut ffmpeg = RunningProgram(self.start(samples.try_clone()?)?);
        let mut input = ffmpeg.0.stdin.take();
        let mut buffer = vec![0; 64 * 1024];
        while let Some(pipe) = &mut input {
            allowance.check()?;
            let bytes = source.read(&mut buffer)?;
            // It ends before its input does where it has had enough.
            if bytes == 0 || pipe.write_all(&buffer[..bytes]).is_err() {
                input = None;
            }
        }
        // What it could make of the bytes counts, however it ended.
        ffmpeg.0.wait()?;
        samples.rewind()?;
        Ok(samples)
    }

    fn start(self, samples: File) -> Result<Child, Failed> {
        // More than may be kept is found to be too long; nothing is read but the pipe.
        let longest = (RECORDING_SAMPLES / u64::from(self.rate) + 1).to_string();
        let cpu = RECORDING_CPU_SECONDS.to_string();
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-loglevel", "quiet", "-nostdin", "-timelimit", &cpu]);
        command.args(["-protocol_whitelist", "pipe", "-f", "amr", "-i", "pipe:0", "-t", &longest]);
        command.args(["-f", "s16le", "-ac", "1", "-ar", &self.rate.to_string(), "pipe:1"]);
        command.stdin(Stdio::piped()).stdout(samples).stderr(Stdio::null());
        command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => NotAudio::NeedsFfmpeg(self.name).into(),
            _ => error.into(),
        })
    }
}

/// A program that does not go on when nobody waits for it.
struct RunningProgram(Child);

impl Drop for RunningProgram {
    fn drop(&mut self) {
        // It fails where it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
