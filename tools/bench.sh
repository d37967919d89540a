#!/usr/bin/env bash
# Measures speed and size of the release build on both engines: tools/bench.sh [--calls 1000000] [--only calls|usage|mail|browser|files|search|said|neighbours|hooks]. Ratios within one run,
# so that they mean something on any machine; docs/PERFORMANCE.md has the targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# How fast files are read, and with how much memory; ARGS="--only files memory" writes files of 1 GB to the temporary folder.
if [[ ${1:-} == --only && ${2:-} == files ]]; then exec cargo run --locked --release --package cdr --example speed -- "${@:3}"; fi
tools/setup.sh --tests
# Needs no PostgreSQL.
if [[ $* == *"--only browser"* ]]; then exec node tools/bench-browser.mjs; fi
if [[ $* == *"--only neighbours"* ]]; then exec tools/postgres.sh with --safe node tools/bench-neighbours.mjs "$@"; fi
if [[ $* == *"--only hooks"* ]]; then exec tools/postgres.sh with --safe node tools/bench-hooks.mjs "$@"; fi
if [[ $* == *"--only search"* ]]; then exec tools/postgres.sh with --safe node tools/bench-search.mjs "$@"; fi
if [[ $* == *"--only said"* ]]; then exec tools/postgres.sh with --safe node tools/bench-said.mjs "$@"; fi
exec tools/postgres.sh with --safe node tools/bench.mjs "$@"
