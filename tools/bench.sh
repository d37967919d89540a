#!/usr/bin/env bash
# Measures speed and size of the release build on both engines: tools/bench.sh [--calls 1000000] [--only calls|usage|mail|browser]. Ratios within one run,
# so that they mean something on any machine; docs/PERFORMANCE.md has the targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/setup.sh --tests
# Needs no PostgreSQL.
if [[ $* == *"--only browser"* ]]; then exec node tools/bench-browser.mjs; fi
exec tools/postgres.sh with --safe node tools/bench.mjs "$@"
