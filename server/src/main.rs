//! The `ringside` program: reads the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use server::commands::Cli;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    Cli::parse().run()
}
