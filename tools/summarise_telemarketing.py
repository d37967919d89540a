#!/usr/bin/env python3
"""Computes what the demo's calls are modelled on and writes it as Rust constants.

    python3 tools/summarise_telemarketing.py BANK_FULL_CSV GENESYS_HOURS_CSV GENESYS_WRAPUPS_CSV \
        > crates/demo/src/observed.rs

BANK_FULL_CSV is bank-full.csv of the "Bank Marketing" data, 45,211 real telemarketing contacts of a Portuguese bank:
S. Moro, R. Laureano and P. Cortez: Using Data Mining for Bank Direct Marketing: An Application of the CRISP-DM
Methodology. Proceedings of the European Simulation and Modelling Conference (ESM'2011), pp. 117-121, Guimarães,
Portugal, October 2011. The GENESYS files count 625,635 real dialling attempts by hour of day and by outcome.

Only these aggregates go into the repository, never a row of the files.
"""

import csv
import sys
from collections import Counter

# Every half per cent, and the tail finer: a straight line from 99.5 % to the longest call would make it far too heavy.
PROBABILITIES = [n / 200 for n in range(200)] + [0.999, 1.0]
ATTEMPTS = 3
HOURS = range(8, 20)
NO_ANSWER = {"no answer", "inin-outbound-no-answer"}
# A "disconnect" is a call that the other side ended before anybody spoke: on a mobile, the customer declined it.
BUSY = {"busy", "inin-outbound-busy", "inin-outbound-disconnect"}


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def quantile(ordered, p):
    """The value at probability p, interpolated between the two nearest ranks."""
    place = p * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def constant(doc, name, kind, value):
    print(f"\n/// {doc}\npub const {name}: {kind} = {value};")


def table(doc, name, element, values, per_line):
    print(f"\n/// {doc}\n#[rustfmt::skip]\npub const {name}: [{element}; {len(values)}] = [")
    for start in range(0, len(values), per_line):
        print("    " + ", ".join(values[start : start + per_line]) + ",")
    print("];")


def main():
    bank_path, hours_path, wrapups_path = sys.argv[1:]
    bank = list(rows(bank_path))
    talk = {y: sorted(int(row["duration"]) for row in bank if row["y"] == y) for y in ("yes", "no")}
    print("//! What real telemarketing calls look like; written by tools/summarise_telemarketing.py, which names the sources")
    print("//! (Moro et al. 2011 for talk times, outcomes and attempts; counts of a Genesys dialler for hours and failures).")
    for y, name in (("yes", "TALK_GOAL"), ("no", "TALK_OTHER")):
        pairs = [f"({p:.3f}, {quantile(talk[y], p):.1f})" for p in PROBABILITIES]
        words = {"yes": "said yes", "no": "did not"}[y]
        table(f"Quantiles of talk seconds of the {len(talk[y])} contacts who {words}: probability, seconds.",
              name, "(f64, f64)", pairs, 8)
    constant("Share of the contacts who said yes.", "GOAL_SHARE", "f64", f"{len(talk['yes']) / len(bank):.4f}")

    by_attempt = Counter(int(row["campaign"]) for row in bank)
    yes_by_attempt = Counter(int(row["campaign"]) for row in bank if row["y"] == "yes")
    first = sum(by_attempt[k] for k in range(1, ATTEMPTS + 1))
    table("Of those reached within three attempts: the share reached at each.", "REACHED_AT_ATTEMPT", "f64",
          [f"{by_attempt[k] / first:.4f}" for k in range(1, ATTEMPTS + 1)], 8)
    table("Who said yes at each attempt, relative to the average.", "GOAL_BY_ATTEMPT", "f64",
          [f"{yes_by_attempt[k] / by_attempt[k] / (len(talk['yes']) / len(bank)):.4f}" for k in range(1, ATTEMPTS + 1)], 8)

    hours = {int(row["hour"]): row for row in rows(hours_path)}
    calls = sum(int(hours[h]["calls"]) for h in HOURS)
    contacted = sum(int(hours[h]["contacted"]) for h in HOURS)
    table("Share of the attempts between 08:00 and 20:00 made in each hour.", "CALLS_BY_HOUR", "f64",
          [f"{int(hours[h]['calls']) / calls:.4f}" for h in HOURS], 6)
    table("Attempts that reached the customer in each of these hours, relative to the average.", "CONTACT_BY_HOUR", "f64",
          [f"{int(hours[h]['contacted']) / int(hours[h]['calls']) * calls / contacted:.4f}" for h in HOURS], 6)

    wrapups = {row["wrap_up"]: int(row["calls"]) for row in rows(wrapups_path)}
    busy = sum(wrapups.get(name, 0) for name in BUSY)
    no_answer = sum(wrapups.get(name, 0) for name in NO_ANSWER)
    constant("Of the attempts that were busy, declined or not answered: the share busy or declined.", "BUSY_SHARE", "f64",
             f"{busy / (busy + no_answer):.4f}")


if __name__ == "__main__":
    main()
