//! Measures how fast files of every format are read, and with how much memory:
//! `cargo run --release --package cdr --example speed -- [rows|memory] [--rows 300000] [--bytes 1000000000] [name …]`.
//!
//! `rows`: rows per second, beside those at which the crates csv and serde_json read the same file and do nothing with it (cells
//! as texts of their own; objects as `serde_json::Value`, a line at a time). Each is the best of three runs in processes of their
//! own, by the time of the processor.
//! `memory`: the most resident memory while a file of so many bytes is read.

use std::{
    env,
    error::Error,
    fs::{self, File},
    hint::black_box,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
    process::Command,
};

use cdr::Options;
use domain::{CampaignId, time::Zone};

#[path = "../tests/samples/mod.rs"]
mod samples;

use samples::Sample;

type Failure = Box<dyn Error>;

/// What one run took.
struct Run {
    rows: u64,
    seconds: f64,
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
    let input = File::open(path)?;
    let rows = match way {
        "cells" => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(input);
            let mut rows = 0;
            for record in reader.deserialize::<Vec<String>>() {
                rows += 1;
                black_box(record?);
            }
            rows
        }
        "values" => {
            let (mut input, mut line, mut rows) = (BufReader::with_capacity(64 * 1024, input), Vec::new(), 0);
            while input.read_until(b'\n', &mut line)? > 0 {
                rows += 1;
                black_box(serde_json::from_slice::<serde_json::Value>(&line)?);
                line.clear();
            }
            rows
        }
        _ => {
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
        }
    };
    println!("{rows} {} {}", processor()?, resident()?);
    Ok(())
}

/// Seconds of the processor that this process took so far, by the kernel's clock of 100 Hz: what else runs does not count.
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
    let &[rows, seconds, memory] = numbers.as_slice() else {
        return Err(format!("{}: {}", path.display(), String::from_utf8_lossy(&output.stderr)).into());
    };
    Ok(Run { rows: rows as u64, seconds, memory: memory as u64 })
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
        println!("| file | rows/s | csv or serde_json | ratio | memory, MB |\n| --- | --- | --- | --- | --- |");
    }
    for sample in Sample::all().into_iter().filter(|sample| names.is_empty() || names.contains(&sample.name.as_str())) {
        let path = folder.path().join(&sample.name);
        let mut output = BufWriter::new(File::create(&path)?);
        output.write_all(sample.header.as_bytes())?;
        let (mut turn, mut count, mut written, mut lines) = (0, 0, 0, Vec::new());
        while if is_memory { written < bytes } else { count < rows } {
            lines.clear();
            sample.write(turn, &mut lines);
            output.write_all(&lines)?;
            (turn, written) = (turn + 1, written + lines.len() as u64);
            count += lines.split(|byte| *byte == b'\n').count() as u64 - 1;
        }
        output.into_inner()?.sync_all()?;
        if is_memory {
            let Run { rows, seconds, memory } = run(sample.format.name(), &path)?;
            println!("| {} | {rows} | {} | {seconds:.1} | {memory} |", sample.name, written / 1_000_000);
        } else {
            let best = |way: &str| -> Result<(f64, u64), Failure> {
                let runs = (0..3).map(|_| run(way, &path)).collect::<Result<Vec<_>, _>>()?;
                let speed = runs.iter().map(|run| run.rows as f64 / run.seconds).fold(0.0, f64::max);
                Ok((speed, runs.iter().map(|run| run.memory).max().unwrap_or_default()))
            };
            let (ours, memory) = best(sample.format.name())?;
            let is_json = Path::new(&sample.name).extension().is_some_and(|ending| ending == "json");
            let (bare, _) = best(if is_json { "values" } else { "cells" })?;
            println!("| {} | {ours:.0} | {bare:.0} | {:.0} % | {memory} |", sample.name, ours / bare * 100.0);
        }
        fs::remove_file(&path)?;
    }
    Ok(())
}
