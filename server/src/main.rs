//! The `ringside` program: reads the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use server::commands::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
