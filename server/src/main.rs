//! The `ringside` program.

fn main() {}
