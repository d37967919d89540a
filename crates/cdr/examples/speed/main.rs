//! Measures how fast files of every format are read, and with how much memory:
//! `cargo run --release --package cdr --example speed -- [rows|memory] [--rows 300000] [--bytes 1000000000] [name …]`.
//!
//! `rows`: rows per second by the clock on the wall, beside those at which the crates csv and serde_json read the same columns of the
//! same file on one thread and do nothing with them (see [`bare`]). Each is the best of five runs in processes of their own, the two
//! in turn, with the allocator of the program.
//! `memory`: the most resident memory while a file of so many bytes is read.

use std::{
    env,
    error::Error,
    fs::{self, File},
    hint::black_box,
    io::{BufWriter, Write},
    path::Path,
    process::Command,
    time::Instant,
};

use cdr::Options;
use domain::{CampaignId, time::Zone};
use mimalloc::MiMalloc;

mod bare;
#[path = "../../tests/samples/mod.rs"]
mod samples;

use bare::Kind;
use samples::Sample;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Failure = Box<dyn Error>;

/// What one run took.
struct Run {
    rows: u64,
    /// By the clock on the wall.
    seconds: f64,
    /// Of the processor, by all threads.
    busy: f64,
    /// The most resident memory, MB.
    memory: u64,
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match texts.as_slice() {
        ["one", way, path] => one(way, Path::new(path)),
        ["memory", rest @ ..] => table(rest, true),
        ["rows", rest @ ..] | rest => table(rest, false),
    }
}

/// Reads one file in one way, and says what it took.
fn one(way: &str, path: &Path) -> Result<(), Failure> {
    let (begun, input) = (Instant::now(), File::open(path)?);
    let rows = if let Some(kind) = Kind::from_name(way) {
        bare::read(kind, input)?
    } else {
        let campaign = Some(CampaignId::new("tet")?);
        let mut records = cdr::read(input, &Options { campaign, ..Options::new(Zone::HO_CHI_MINH) })?;
        if records.format().name() != way {
            return Err(format!("it is read as {}", records.format()).into());
        }
        for record in &mut records {
            let _ = black_box(record);
        }
        let reading = records.finish()?;
        if reading.calls == 0 || reading.skipped > 0 {
            return Err(format!("{reading}").into());
        }
        eprintln!("{reading}");
        reading.rows
    };
    println!("{rows} {} {} {}", begun.elapsed().as_secs_f64(), processor()?, resident()?);
    Ok(())
}

/// Seconds of the processor that this process took so far, by the kernel's clock of 100 Hz.
fn processor() -> Result<f64, Failure> {
    let status = fs::read_to_string("/proc/self/stat")?;
    let (_, after_name) = status.rsplit_once(')').ok_or("no name")?;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(f64::from(ticks) / 100.0)
}

/// The most resident memory of this process, in MB.
fn resident() -> Result<u64, Failure> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1_024)
}

fn run(way: &str, path: &Path) -> Result<Run, Failure> {
    let output = Command::new(env::current_exe()?).args(["one", way]).arg(path).output()?;
    let said = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = said.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    let &[rows, seconds, busy, memory] = numbers.as_slice() else {
        return Err(format!("{}: {}", path.display(), String::from_utf8_lossy(&output.stderr)).into());
    };
    Ok(Run { rows: rows as u64, seconds, busy, memory: memory as u64 })
}

/// Writes a sample's file until it is as long as asked for; how many bytes it has.
fn write(sample: &Sample, path: &Path, rows: u64, bytes: u64) -> Result<u64, Failure> {
    let mut output = BufWriter::new(File::create(path)?);
    output.write_all(sample.header.as_bytes())?;
    let (mut turn, mut count, mut written, mut lines) = (0, 0, 0, Vec::new());
    while count < rows && written < bytes {
        lines.clear();
        sample.write(turn, &mut lines);
        output.write_all(&lines)?;
        (turn, written) = (turn + 1, written + lines.len() as u64);
        count += lines.split(|byte| *byte == b'\n').count() as u64 - 1;
    }
    output.into_inner()?.sync_all()?;
    Ok(written)
}

fn table(arguments: &[&str], is_memory: bool) -> Result<(), Failure> {
    let (mut rows, mut bytes, mut names) = (300_000, 1_000_000_000, Vec::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or("a number is missing")?.parse::<u64>().map_err(Failure::from);
        match *argument {
            "--rows" => rows = number()?,
            "--bytes" => bytes = number()?,
            name => names.push(name),
        }
    }
    let folder = tempfile::tempdir()?;
    if is_memory {
        println!("| file | rows | MB | seconds | memory, MB |\n| --- | --- | --- | --- | --- |");
    } else {
        println!("| file | rows/s | bare | ratio | µs of the processor a row: ours, bare | memory, MB |");
        println!("| --- | --- | --- | --- | --- | --- |");
    }
    for sample in Sample::all().into_iter().filter(|sample| names.is_empty() || names.contains(&sample.name.as_str())) {
        let path = folder.path().join(&sample.name);
        if is_memory {
            let written = write(&sample, &path, u64::MAX, bytes)?;
            let Run { rows, seconds, memory, .. } = run(sample.format.name(), &path)?;
            println!("| {} | {rows} | {} | {seconds:.1} | {memory} |", sample.name, written / 1_000_000);
        } else {
            write(&sample, &path, rows, u64::MAX)?;
            let (mut ours, mut bare) = (Best::default(), Best::default());
            for _ in 0..5 {
                ours.add(&run(sample.format.name(), &path)?);
                bare.add(&run(&Kind::of(&sample).name(), &path)?);
            }
            let ratio = ours.speed / bare.speed * 100.0;
            let (Best { speed, busy, memory }, of_bare) = (ours, bare);
            println!(
                "| {} | {speed:.0} | {:.0} | {ratio:.0} % | {busy:.2}, {:.2} | {memory} |",
                sample.name, of_bare.speed, of_bare.busy
            );
        }
        fs::remove_file(&path)?;
    }
    Ok(())
}

/// The best of several runs.
#[derive(Default)]
struct Best {
    /// Rows per second.
    speed: f64,
    /// Microseconds of the processor for a row.
    busy: f64,
    memory: u64,
}

impl Best {
    fn add(&mut self, run: &Run) {
        let busy = run.busy / run.rows as f64 * 1e6;
        self.busy = if self.speed == 0.0 { busy } else { self.busy.min(busy) };
        self.speed = self.speed.max(run.rows as f64 / run.seconds);
        self.memory = self.memory.max(run.memory);
    }
}
