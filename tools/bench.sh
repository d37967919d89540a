#!/usr/bin/env bash
# Measures speed, memory and size (docs/PERFORMANCE.md) on SQLite and on a PostgreSQL of its own that keeps fsync on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec tools/postgres.sh with --safe python3 tools/bench.py "$@"
