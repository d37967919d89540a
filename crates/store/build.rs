//! A migration that is added is compiled in at once, though no source file has changed.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
