#!/usr/bin/env bash
# A PostgreSQL of one's own for tests and measurements, in a temporary folder, on a free port of this machine only.
#
#   tools/postgres.sh find                     prints where initdb is
#   tools/postgres.sh with [--safe] COMMAND…   runs the command with RINGSIDE_TEST_POSTGRES_URL set (and the same through the
#                                              socket, RINGSIDE_TEST_POSTGRES_SOCKET_URL); the cluster is stopped and removed
#                                              when the command ends, however it ends
#
# --safe keeps fsync on, for measurements; tests do without, as nothing of theirs has to survive.
set -euo pipefail

find_programs() {
  local folder
  for folder in "$(command -v initdb | xargs -r dirname)" "$(pg_config --bindir 2>/dev/null || true)" \
    $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null | sort -rV); do
    if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
      echo "$folder"
      return 0
    fi
  done
  echo "postgres: no initdb found; please install PostgreSQL 15 or newer (Debian: apt-get install postgresql)" >&2
  return 1
}

# PostgreSQL refuses to run as root: there it runs as the user its package made.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

with_cluster() {
  local durable=off programs folder port status=0
  if [ "${1:-}" = --safe ]; then
    durable=on
    shift
  fi
  programs=$(find_programs)
  folder=$(mktemp -d "${TMPDIR:-/tmp}/ringside-postgres.XXXXXX")
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  stop() {
    as_owner "$programs/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop >/dev/null 2>&1 || true
    rm -rf "$folder"
  }
  trap stop EXIT
  trap 'exit 130' INT TERM HUP
  [ "$(id -u)" = 0 ] && chown postgres "$folder"
  (
    cd "$folder"
    as_owner "$programs/initdb" --pgdata "$folder/data" --username ringside --auth trust --encoding UTF8 --no-locale --no-sync >"$folder/log" 2>&1 &&
      as_owner "$programs/pg_ctl" --pgdata "$folder/data" --log "$folder/data/server.log" --silent --wait start --options \
        "-p $port -h 127.0.0.1 -k $folder -c fsync=$durable -c synchronous_commit=$durable -c full_page_writes=$durable -c max_connections=300 -c shared_buffers=256MB"
  ) || {
    cat "$folder/log" "$folder/data/server.log" >&2 2>/dev/null || true
    echo "postgres: the cluster did not start" >&2
    exit 1
  }
  export RINGSIDE_TEST_POSTGRES_URL="postgres://ringside@127.0.0.1:$port/postgres"
  # The same through its socket, as a server on the same machine reaches it.
  export RINGSIDE_TEST_POSTGRES_SOCKET_URL="postgres://ringside@localhost:$port/postgres?host=$folder"
  "$@" || status=$?
  exit "$status"
}

case "${1:-}" in
  find) find_programs ;;
  with)
    shift
    with_cluster "$@"
    ;;
  *)
    sed -n '2,11p' "$0" >&2
    exit 2
    ;;
esac
