#!/usr/bin/env bash
# Everything that is tested, in the order in which it fails soonest. Nothing is skipped: what is missing fails the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
# Incremental state of a throw-away build is only disk space.
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0

stage() {
  local label=$1 since=$SECONDS
  shift
  printf '\n== %s\n' "$label"
  "$@"
  printf -- '-- %s: %d s\n' "$label" $((SECONDS - since))
}

formatted() { cargo fmt --all --check; }

# One crate at a time, as their features differ: all at once, cargo would give the pages the server's features.
linted() {
  local crate
  for crate in domain store cdr demo server; do
    cargo clippy --locked --package "$crate" --all-targets -- --deny warnings
  done
  cargo clippy --locked --package app --features ssr --all-targets -- --deny warnings
  cargo clippy --locked --package frontend --target wasm32-unknown-unknown -- --deny warnings
}

# The crates of the host side in one build. cargo-nextest where it is installed; installing it takes longer than it saves.
tested() {
  local crates=(--package domain --package store --package cdr --package demo --package app --package server)
  if cargo nextest --version >/dev/null 2>&1; then
    tools/postgres.sh with cargo nextest run --locked "${crates[@]}"
    cargo test --locked --doc --package domain --package cdr
  else
    tools/postgres.sh with cargo test --locked "${crates[@]}"
  fi
}

# The program that the browser tests drive, with the site inside.
program() { cargo build --locked --package server; }

pages() { playwright test --config end2end/playwright.config.ts "$@"; }

stage "what the tests need" tools/setup.sh --tests
stage "format" formatted
stage "lints" linted
stage "the browser side" node tools/build-site.mjs
stage "unit, store on both engines, HTTP" tested
stage "the program" program
printf '\n== pages in a browser\n'
pages "$@"
