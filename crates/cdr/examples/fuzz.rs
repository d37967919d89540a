//! Reads what no system ever wrote: `cargo run --release --package cdr --example fuzz -- [--seconds 60] [--seed 1] [format …]`.
//!
//! Each format's samples (`crates/cdr/tests/samples`) are cut, joined and changed at random, and read as the format. It must not panic, not
//! run for long, not take much memory, account for every row, and give the same with temporary files as without
//! (`told::check`). A case for which that does not hold is written to `crates/cdr/tests/crashes`, where the test `crashes` reads it from
//! then on; after it the next format is tried.

use std::{
    env,
    error::Error,
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
    process::{ExitCode, abort},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use cdr::Format;

#[path = "../tests/samples/mod.rs"]
mod samples;
#[path = "../tests/samples/told.rs"]
mod told;

use samples::Sample;

/// One case may take so long.
const LONGEST: Duration = Duration::from_secs(20);
/// Most resident memory, MB.
const MOST_MEMORY: u64 = 400;
/// Turns of a sample in a case.
const TURNS: u64 = 3;

/// What is likely to mean something.
const WORDS: [&str; 40] = [
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r",
    "\r\n",
    "\\",
    "\\\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "NULL",
    "\\N",
    "0",
    "-1",
    "9223372036854775807",
    "1e309",
    "NaN",
    "2026-02-30 25:61:61",
    "0000-00-00 00:00:00",
    "1772416800",
    "1772416800000",
    "é",
    "\u{feff}",
    "\0",
    "\u{202e}",
    "<cdr",
    "</cdr>",
    "INSERT INTO cdr VALUES (",
    "COPY cdr FROM stdin;\n",
    "cdr=%7B",
    "//",
    "=",
];

/// Numbers that look random and are the same in each run of a seed (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        if end == 0 { 0 } else { number as usize % end }
    }

    /// Two places of a text, the first one first, mostly near each other.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let start = self.below(length + 1);
        let most = if self.below(4) == 0 { length } else { 24 };
        (start, (start + self.below(most + 1)).min(length))
    }
}

fn changed(case: &mut Vec<u8>, others: &[Vec<u8>], numbers: &mut Numbers) {
    let (start, end) = numbers.range(case.len());
    match numbers.below(8) {
        0 => drop(case.drain(start..end)),
        1 => {
            let copy = case[start..end].to_vec();
            let at = numbers.below(case.len() + 1);
            case.splice(at..at, copy);
        }
        2 | 3 => drop(case.splice(start..end, WORDS[numbers.below(WORDS.len())].bytes())),
        4 => {
            for byte in &mut case[start..end] {
                *byte = numbers.below(256) as u8;
            }
        }
        5 => {
            let other = &others[numbers.below(others.len())];
            let (from, to) = numbers.range(other.len());
            case.splice(start..start, other[from..to].iter().copied());
        }
        6 => {
            let mut lines: Vec<Vec<u8>> = case.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (a, b) = (numbers.below(lines.len()), numbers.below(lines.len()));
            if !lines.is_empty() {
                lines.swap(a, b);
            }
            *case = lines.concat();
        }
        _ => {
            if let Some(byte) = case.get_mut(start) {
                *byte ^= 1 << numbers.below(8);
            }
        }
    }
}

/// Where cases are kept for which something does not hold.
fn crashes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/crashes")
}

fn keep(format: Format, case: &[u8]) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(crashes())?;
    let path = crashes().join(format!("{format}.{:016x}", xxhash_rust::xxh3::xxh3_64(case)));
    fs::write(&path, case)?;
    Ok(path)
}

/// The most resident memory, MB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1_024
}

/// The case that is being read, and since when.
type Running = Option<(Instant, Format, Vec<u8>)>;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (mut seconds, mut seed, mut names) = (60, 1, Vec::new());
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number =
            || arguments.next().ok_or("a number is missing")?.parse::<u64>().map_err(Box::<dyn Error>::from);
        match argument.as_str() {
            "--seconds" => seconds = number()?,
            "--seed" => seed = number()?,
            _ => names.push(argument),
        }
    }
    let running: Arc<Mutex<Running>> = Arc::default();
    let watched = Arc::clone(&running);
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let Ok(running) = watched.lock() else { return };
            if let Some((begun, format, case)) = running.as_ref()
                && begun.elapsed() > LONGEST
            {
                eprintln!("{format}: a case takes longer than {LONGEST:?}: {:?}", keep(*format, case));
                abort();
            }
        }
    });
    let samples = Sample::all();
    let files: Vec<(Format, Vec<u8>)> = samples
        .iter()
        .map(|sample| {
            let mut file = sample.header.clone().into_bytes();
            (0..TURNS).for_each(|turn| sample.write(turn, &mut file));
            (sample.format, file)
        })
        .collect();
    let all: Vec<Vec<u8>> = files.iter().map(|(_, file)| file.clone()).collect();
    let mut faults = 0;
    for format in
        Format::ALL.into_iter().filter(|format| names.is_empty() || names.iter().any(|name| name == format.name()))
    {
        let own: Vec<&Vec<u8>> = files.iter().filter(|file| file.0 == format).map(|file| &file.1).collect();
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let (begun, mut cases) = (Instant::now(), 0_u64);
        while begun.elapsed() < Duration::from_secs(seconds) {
            let mut case = own[numbers.below(own.len())].clone();
            for _ in 0..=numbers.below(6) {
                changed(&mut case, &all, &mut numbers);
            }
            cases += 1;
            if let Ok(mut running) = running.lock() {
                *running = Some((Instant::now(), format, case.clone()));
            }
            let checked = catch_unwind(|| told::check(&case, format)).unwrap_or_else(|_| Err("it panics".to_owned()));
            let memory = resident();
            let checked = if memory > MOST_MEMORY { Err(format!("it took {memory} MB")) } else { checked };
            if let Err(reason) = checked {
                faults += 1;
                let reason: String = reason.chars().take(2_000).collect();
                eprintln!("{format}: {reason}\n{}", keep(format, &case)?.display());
                break;
            }
        }
        if let Ok(mut running) = running.lock() {
            *running = None;
        }
        println!("{format}: {cases} cases, {} MB", resident());
    }
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
