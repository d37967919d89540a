#!/usr/bin/env bash
# Puts the release build under load, on this machine only and for half an hour or so; tools/load.mjs says what is measured.
#
#   tools/load.sh             the demo's data and 1,000,000 calls on both engines: about half an hour
#   tools/load.sh --short     only the demo's data
#
# RINGSIDE_LOAD_BIN names another program than target/release/ringside, such as the debug build to try this out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/setup.sh --load >&2
export RINGSIDE_BIN=${RINGSIDE_LOAD_BIN:-${CARGO_TARGET_DIR:-target}/release/ringside}
# A viewer has six connections at most, each a file of the server and one of the load generator.
ulimit -Sn 16384 2>/dev/null || ulimit -Sn "$(ulimit -Hn)"
case " $* " in
  *" --short "*) exec node tools/load.mjs "$@" ;;
  *) exec tools/postgres.sh with --safe node tools/load.mjs "$@" ;;
esac
