#!/usr/bin/env bash
# Everything that is tested, in the order in which it fails soonest. Nothing is skipped, what is missing fails the run, but for one
# thing, which is said at the end: real files of systems that send calls are not ours to pass on, and are read only where
# RINGSIDE_TEST_FILES names their folder (docs/recipes/add-an-import-format.md).
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

# What runs on the host, always all at once: so that what they depend on is built with one set of features, once to be linted
# and once to be run. The pages are built as the server needs them; for the browser they are apart.
host=(--package domain --package store --package cdr --package audio --package demo --package app --package server)

linted() {
  cargo clippy --locked "${host[@]}" --all-targets -- --deny warnings
  cargo clippy --locked --package frontend --target wasm32-unknown-unknown -- --deny warnings
  cargo clippy --locked --package bindgen --profile wasm-dev -- --deny warnings
}

# Builds the program that the browser tests drive, too. cargo-nextest where it is installed; installing it takes longer than
# it saves.
tested() {
  if cargo nextest --version >/dev/null 2>&1; then
    tools/postgres.sh with cargo nextest run --locked --no-fail-fast "${host[@]}"
  else
    tools/postgres.sh with cargo test --locked --no-fail-fast "${host[@]}"
  fi
}

pages() { playwright test --config end2end/playwright.config.ts "$@"; }

stage "what the tests need" tools/setup.sh --tests
stage "format" formatted
stage "lints" linted
stage "the browser side" node tools/build-site.mjs
stage "unit, store on both engines, HTTP" tested
printf '\n== pages in a browser\n'
pages "$@"
if [ -z "${RINGSIDE_TEST_FILES:-}" ]; then
  printf '\nLeft out: the real files of systems that send calls (RINGSIDE_TEST_FILES names no folder of them).\n'
fi
