#!/usr/bin/env bash
# What takes too long for every change. All stages, or those that are named: tools/test-long.sh dates
# A stage is a function; a new one is added to `stages`. Nothing is skipped: what is missing fails the run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

stages=(dates)

stage() {
  local label=$1 since=$SECONDS
  shift
  printf '\n== %s\n' "$label"
  "$@"
  printf -- '-- %s: %d s\n' "$label" $((SECONDS - since))
}

# The program that the browser tests drive, and its pages.
program() {
  tools/setup.sh --tests
  node tools/build-site.mjs
  cargo build --locked --package server
}

# The demo, from sign-in to recount, at instants that are easily got wrong. The zone is that of the program and the browser.
dates() {
  local at zone
  while read -r at zone; do
    printf '\n-- the demo begins at %s, the machine is in %s\n' "$at" "$zone"
    TZ=$zone RINGSIDE_PAGES_ZONE=$zone RINGSIDE_PAGES_AT=$at \
      playwright test --config end2end/playwright.config.ts dates.spec.ts </dev/null
  done <<'INSTANTS'
2026-11-30T17:45:00+07:00 Asia/Ho_Chi_Minh
2026-12-31T23:30:00+07:00 Asia/Ho_Chi_Minh
2027-01-01T09:00:00+07:00 America/Los_Angeles
2028-02-29T10:00:00+07:00 Asia/Ho_Chi_Minh
2026-10-25T02:30:00+01:00 Europe/Berlin
2027-02-09T10:00:00+07:00 Asia/Ho_Chi_Minh
2026-11-22T05:00:00+07:00 Asia/Ho_Chi_Minh
2026-12-01T00:00:00+07:00 Asia/Ho_Chi_Minh
INSTANTS
}

[ $# -eq 0 ] || stages=("$@")
stage "the program and its pages" program
for name in "${stages[@]}"; do stage "$name" "$name"; done
