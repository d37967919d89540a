"""Measures Ringside against its budgets and prints ratios, each taken within one run (python3 tools/bench.py).

Standard library only. Starts the release binary on SQLite and, where RINGSIDE_TEST_POSTGRES_URL names a server, on
PostgreSQL; sends calls through the HTTP API; compares with a bare bulk insert of the same rows into the same table.
"""

import argparse
import brotli_sizes
import http.client
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START = 1_790_000_000_000  # 2026-09-21
DAY = 86_400_000
CODES = ["DY"] * 20 + ["TC"] * 10 + ["HL"] * 10 + ["NA"] * 40 + ["BS"] * 14 + ["CU"] * 6


def call(campaign, n, rng, customers):
    """One call of a campaign of 30 days; every campaign spreads over the same days and hours."""
    dialed = START + (n * 7919 % 30) * DAY + rng.randrange(2 * 3_600_000, 12 * 3_600_000)
    code = rng.choice(CODES)
    record = {
        "id": f"{campaign}-{n}", "campaign": campaign,
        "contact": {"id": f"kh-{n % customers}", "phone": f"+8409{n % customers:07d}", "name": "Nguyễn Thị Hoa"},
        "dialed_at": dialed, "result_code": code, "bot_messages": rng.randrange(1, 12),
    }
    if code in ("NA", "BS", "CU"):
        record["ended_at"] = dialed + rng.randrange(1_000, 45_000)
    else:
        record["answered_at"] = dialed + rng.randrange(2_000, 20_000)
        record["ended_at"] = record["answered_at"] + rng.randrange(1_000, 180_000)
    return record


class Server:
    """A `ringside serve` of its own, with an account and a token."""

    def __init__(self, binary, database, folder):
        self.folder = folder
        self.port = 39_000 + random.randrange(1_000)
        self.environment = dict(
            os.environ, RINGSIDE_DATABASE_URL=database, RINGSIDE_LISTEN=f"127.0.0.1:{self.port}",
            RINGSIDE_BASE_URL=f"http://127.0.0.1:{self.port}", RINGSIDE_RECORDINGS=f"file://{folder}/recordings",
            RINGSIDE_LOG="warn",
        )
        self.binary = binary
        self.run("account", "add", "bench")
        output = self.run("token", "add", "bench", "--account", "bench")
        self.token = re.search(r"rs_\S+", output).group(0)
        self.process = subprocess.Popen([binary, "serve"], env=self.environment, cwd=folder, stdout=subprocess.DEVNULL)
        self.connection = None
        deadline = time.time() + 60
        while True:
            try:
                status, _ = self.request("GET", "/readyz")
                if status == 200:
                    break
            except OSError:
                pass
            if time.time() > deadline:
                raise SystemExit("the server did not become ready")
            time.sleep(0.05)

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"ringside {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def request(self, method, path, body=None, headers=None):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            sent = {"Authorization": f"Bearer {getattr(self, 'token', '')}", **(headers or {})}
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def put(self, path, body):
        status, answer = self.request("PUT", path, json.dumps(body), {"Content-Type": "application/json"})
        if status >= 300:
            raise SystemExit(f"PUT {path}: {status} {answer[:300]}")

    def prepare(self):
        self.put("/api/v1/voicebots/bot", {"name": "Bot"})
        self.put("/api/v1/tariffs", {
            "first_block_seconds": 6, "next_block_seconds": 6, "price_first_block": "80", "price_next_block": "80",
            "currency": "VND", "effective_from": 0,
        })

    def campaign(self, name):
        self.put(f"/api/v1/campaigns/{name}", {"name": name, "voicebot": "bot"})

    def send(self, lines):
        """Sends NDJSON batches; returns the seconds they took."""
        took = 0.0
        for body in lines:
            begin = time.perf_counter()
            status, answer = self.request("POST", "/api/v1/calls", body, {"Content-Type": "application/x-ndjson"})
            took += time.perf_counter() - begin
            told = json.loads(answer) if status == 200 else {}
            if status != 200 or told.get("rejected"):
                raise SystemExit(f"POST /api/v1/calls: {status} {answer[:500]}")
        return took

    def resident(self):
        """Resident memory in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def batches(campaign, count, customers, seed, size=50_000):
    rng = random.Random(seed)
    for first in range(0, count, size):
        rows = range(first, min(first + size, count))
        yield "\n".join(json.dumps(call(campaign, n, rng, customers), ensure_ascii=False) for n in rows).encode()


def median_ms(server, path, times=15, headers=None):
    took = []
    for _ in range(times):
        begin = time.perf_counter()
        status, body = server.request("GET", path, headers=headers)
        took.append((time.perf_counter() - begin) * 1_000)
        if status != 200:
            raise SystemExit(f"GET {path}: {status} {body[:300]}")
    return statistics.median(took)


def thousandth_page(server, campaign, pages):
    """The address of a late page, reached through the cursors as a reader would."""
    path = f"/api/v1/campaigns/{campaign}/calls?limit=10"
    cursor = ""
    for _ in range(pages - 1):
        _, body = server.request("GET", path + cursor)
        cursor = "&cursor=" + urllib.parse.quote(json.loads(body)["next"])
    return path + cursor


def bare_sqlite(folder, rows):
    """One transaction of prepared inserts into the same table with the same indexes and durability."""
    source = sqlite3.connect(folder / "ringside.db")
    columns = [row[1] for row in source.execute("PRAGMA table_info(calls)")]
    data = source.execute(f"SELECT {', '.join(columns)} FROM calls ORDER BY call_key LIMIT {rows}").fetchall()
    schema = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name IN ('accounts', 'calls') AND sql IS NOT NULL ORDER BY type DESC").fetchall()
    accounts = source.execute("SELECT * FROM accounts").fetchall()
    source.close()
    target = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -4096"):
        target.execute(f"PRAGMA {pragma}")
    for (sql,) in schema:
        target.execute(sql)
    target.executemany(f"INSERT INTO accounts VALUES ({', '.join('?' * len(accounts[0]))})", accounts)
    begin = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    target.executemany(f"INSERT INTO calls ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", data)
    target.execute("COMMIT")
    return len(data) / (time.perf_counter() - begin)


def psql(url, *commands):
    arguments = [part for command in commands for part in ("-c", command)]
    done = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-At", url, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"psql: {done.stderr}")
    return done.stdout


def bare_postgres(url, folder, rows):
    """COPY of the same rows into a table with the same columns, key, indexes and foreign key."""
    file = folder / "calls.copy"
    psql(url, f"\\copy (SELECT * FROM calls ORDER BY call_key LIMIT {rows}) TO '{file}'",
         "CREATE TABLE bare (LIKE calls INCLUDING ALL)",
         "ALTER TABLE bare ADD FOREIGN KEY (account_id) REFERENCES accounts (account_id)")
    begin = time.perf_counter()
    psql(url, f"\\copy bare FROM '{file}'")
    rate = rows / (time.perf_counter() - begin)
    psql(url, "DROP TABLE bare")
    return rate


def stream_csv(server, campaign, peak):
    """Reads the whole CSV, noting the highest resident memory; returns rows and seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", f"/api/v1/campaigns/{campaign}/calls", headers={"Authorization": f"Bearer {server.token}", "Accept": "text/csv"})
    answer = connection.getresponse()
    rows, begin = 0, time.perf_counter()
    while chunk := answer.read(1 << 20):
        rows += chunk.count(b"\n")
        peak.append(server.resident())
    return rows - 1, time.perf_counter() - begin


def measure(binary, engine, database, folder, small, large):
    server = Server(binary, database, folder)
    rest = server.resident()
    server.prepare()
    results = {}

    server.campaign("warm")
    server.send(batches("warm", 2_000, 1_000, 1))
    server.campaign("small")
    server.send(batches("small", small, small // 2, 2))
    server.campaign("rate")
    rate_rows = 100_000
    took = server.send(list(batches("rate", rate_rows, rate_rows // 2, 3)))
    api = rate_rows / took
    bare = bare_sqlite(folder, rate_rows) if engine == "SQLite" else bare_postgres(database, folder, rate_rows)
    results["ingest: API ÷ bare insert"] = (api / bare, "≥ 0.50", f"{api:,.0f} of {bare:,.0f} rows/s")

    server.campaign("large")
    begin = time.perf_counter()
    server.send(batches("large", large, large // 2, 4))
    print(f"  {large:,} calls sent in {time.perf_counter() - begin:.0f} s (JSON writing included)", file=sys.stderr)
    for what, path in {
        "report": "/api/v1/campaigns/{}/report",
        "report of 7 days": "/api/v1/campaigns/{}/report?from=2026-09-24&to=2026-09-30",
        "call list, first page": "/api/v1/campaigns/{}/calls",
        "call list by talk time": "/api/v1/campaigns/{}/calls?sort=-talk_time",
        "call list by code": "/api/v1/campaigns/{}/calls?code=DY",
    }.items():
        few, many = (median_ms(server, path.format(name)) for name in ("small", "large"))
        results[f"{what}: {large:,} ÷ {small:,} calls"] = (many / few, "≤ 1.50", f"{many:.1f} of {few:.1f} ms")
    pages = [thousandth_page(server, name, small // 10) for name in ("small", "large")]
    few, many = (median_ms(server, page) for page in pages)
    results[f"call list, page {small // 10:,}: {large:,} ÷ {small:,} calls"] = (many / few, "≤ 1.50", f"{many:.1f} of {few:.1f} ms")

    peak = [server.resident()]
    rows, seconds = [0], [0.0]

    def reader():
        rows[0], seconds[0] = stream_csv(server, "large", peak)

    thread = threading.Thread(target=reader)
    thread.start()
    server.campaign("heavy")
    padding = "x" * 350
    rng = random.Random(5)
    lines, size, n = [], 0, 0
    while size < 63 * 1024 * 1024 and n < 100_000:
        line = json.dumps({**call("heavy", n, rng, 40_000), "attributes": {"note": padding}}, ensure_ascii=False)
        lines.append(line)
        size += len(line.encode()) + 1
        n += 1
    server.send(["\n".join(lines).encode()])
    peak.append(server.resident())
    thread.join()
    results["memory at rest, MB"] = (rest, "< 60", "")
    results["memory while a CSV streams and a batch comes in, MB"] = (
        max(peak), "< 200", f"CSV of {rows[0]:,} rows in {seconds[0]:.1f} s, batch of {size / 2**20:.0f} MiB")
    server.stop()
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=str(ROOT / "target/release/ringside"))
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print("| engine | what | measured | budget | |\n| --- | --- | --- | --- | --- |")
    failed = 0

    def show(engine, results):
        nonlocal failed
        for what, (value, budget, note) in results.items():
            sign, bound = budget.split()
            kept = value >= float(bound) if sign == "≥" else value <= float(bound)
            failed += not kept
            print(f"| {engine} | {what} | {value:.2f} | {budget}{'' if kept else ' **missed**'} | {note} |", flush=True)

    show("browser", brotli_sizes.budgets(ROOT / "target/site"))
    folder = Path(tempfile.mkdtemp(prefix="ringside-bench-"))
    try:
        show("SQLite", measure(arguments.binary, "SQLite", f"sqlite://{folder}/ringside.db", folder, arguments.small, arguments.large))
    finally:
        shutil.rmtree(folder)
    server = os.environ.get("RINGSIDE_TEST_POSTGRES_URL")
    if not server:
        raise SystemExit("PostgreSQL was not measured: set RINGSIDE_TEST_POSTGRES_URL to a server (make bench starts one)")
    name = f"bench_{os.getpid()}"
    psql(server, f"CREATE DATABASE {name}")
    folder = Path(tempfile.mkdtemp(prefix="ringside-bench-"))
    try:
        database = server.rsplit("/", 1)[0] + f"/{name}"
        show("PostgreSQL", measure(arguments.binary, "PostgreSQL", database, folder, arguments.small, arguments.large))
    finally:
        shutil.rmtree(folder)
        psql(server, f"DROP DATABASE {name} WITH (FORCE)")
    if failed:
        raise SystemExit(f"{failed} budgets were missed")


if __name__ == "__main__":
    main()
