#!/usr/bin/env bash
# Installs what is missing to build Ringside; with --tests also what its tests need, with --load what measures it under
# load. Says what it does and how long it took; says what is missing and how to get it where it cannot install. What is
# already there is left alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()

say() { printf 'setup: %s\n' "$*"; }

# timed LABEL COMMAND… : runs the command, its output only on failure, and tells how long it took.
timed() {
  local label=$1 since=$SECONDS log
  shift
  log=$(mktemp)
  say "$label …"
  if "$@" >"$log" 2>&1; then
    say "$label: done in $((SECONDS - since)) s"
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# As the administrator, where one may be that without being asked for a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo "$@"
  else
    return 1
  fi
}

# Debian packages, where the system has apt and lets us.
install_packages() {
  command -v apt-get >/dev/null && as_root true || return 1
  timed "apt-get install $*" as_root env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get install -y --no-install-recommends "$@" || { apt-get update && apt-get install -y --no-install-recommends "$@"; }' sh "$@"
}

rust() {
  if ! command -v cargo >/dev/null; then
    missing+=("Rust 1.95 or newer: https://rustup.rs")
    return
  fi
  local target=wasm32-unknown-unknown
  if [ ! -d "$(rustc --print target-libdir --target $target)" ]; then
    if ! command -v rustup >/dev/null || ! timed "rustup target add $target" rustup target add $target; then
      missing+=("the Rust target $target: rustup target add $target")
    fi
  fi
}

node_packages() {
  if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0] >= 20' 2>/dev/null)" != true ]; then
    install_packages nodejs npm || true
  fi
  if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0] >= 20' 2>/dev/null)" != true ]; then
    missing+=("Node.js 20 or newer with npm: https://nodejs.org")
    return
  fi
  local stamp=node_modules/.ringside-lock
  if ! cmp -s package-lock.json "$stamp" 2>/dev/null; then
    if timed "npm ci" npm ci --no-audit --no-fund; then
      cp package-lock.json "$stamp"
    else
      missing+=("the npm packages: npm ci")
    fi
  fi
}

postgres() {
  if ! tools/postgres.sh find >/dev/null; then
    install_packages postgresql || true
    tools/postgres.sh find >/dev/null || missing+=("PostgreSQL 15 or newer, its server programs (initdb, postgres): package postgresql")
  fi
}

# Servers that speak S3 and SMTP, for the tests of recordings in a bucket and of mails.
python_servers() {
  local place=target/test-python
  if [ ! -x "$place/bin/moto_server" ] || [ ! -x "$place/bin/aiosmtpd" ]; then
    command -v python3 >/dev/null || install_packages python3 python3-venv || true
    { timed "a Python environment for the servers of the tests" python3 -m venv --clear "$place" &&
      timed "pip install" "$place/bin/python" -m pip install --quiet --disable-pip-version-check --requirement tools/requirements-test.txt; } ||
      missing+=("the S3 and SMTP servers of the tests: Python 3 with venv, then pip install --requirement tools/requirements-test.txt into $place")
  fi
}

has_chromium() {
  node --input-type=module --eval '
    import { existsSync } from "node:fs";
    import { executablePath } from "./end2end/browser.mjs";
    process.exit(existsSync(executablePath) ? 0 : 1);' 2>/dev/null
}

chromium() {
  has_chromium || install_packages chromium || true
  has_chromium || missing+=("Chromium: package chromium, or name one by CHROMIUM=/path")
}

load_generator() {
  command -v wrk >/dev/null || install_packages wrk || true
  command -v wrk >/dev/null || missing+=("wrk, which asks for pages under load: package wrk")
  command -v zstd >/dev/null || install_packages zstd || true
  command -v zstd >/dev/null || missing+=("zstd, which reads answers as browsers get them: package zstd")
}

since=$SECONDS
rust
node_packages
if [ "${1:-}" = --tests ]; then
  postgres
  python_servers
  chromium
fi
if [ "${1:-}" = --load ]; then
  postgres
  load_generator
fi
if [ ${#missing[@]} -gt 0 ]; then
  say "cannot go on, please install:"
  printf '         - %s\n' "${missing[@]}"
  exit 1
fi
say "everything is there ($((SECONDS - since)) s)"
