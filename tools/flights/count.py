#!/usr/bin/env python3
"""The independent count: what the flights example must give, in plain Python, without a line of Yeoul.

    tools/flights/count.py [--departures FILE] [--airports FILE] [--bounded] [--summary]

Prints one JSON object:

    rows          departures counted once, and what was skipped: {"valid", "duplicate", "malformed", "refused"}
    windows       per origin and scheduled hour, sorted: origin, airport, window_start, window_end, departures,
                  cancelled, mean_delay (minutes, of those that left; null where none did), closed
    alarms        closed windows with more than 10 % cancelled, with their share
    late          ids of late rows, in order of arrival
    waiting       ids of rows whose window has not closed at the end
    days          valid departures per scheduled day: what the lake's folders hold

A row is late when `window_end - 1 ms <= greatest scheduled departure so far - 2 h`. A late row counts in no window.
`--bounded`: the input ends, and every window closes. Broken lines and ids already seen are skipped, so that a file
with added duplicates and broken lines gives the same result.
"""

import argparse
import csv
import json
import pathlib
from datetime import datetime, timedelta

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "examples" / "flights" / "data"
FORMAT = "%Y-%m-%d %H:%M:%S"
HOUR = timedelta(hours=1)
BOUND = timedelta(hours=2)
TICK = timedelta(milliseconds=1)


def read_valid(lines):
    """Returns the valid departures in order, and how many lines were skipped by cause."""
    kept, seen = [], set()
    skipped = {"duplicate": 0, "malformed": 0, "refused": 0}
    for line in lines:
        row = parse(line)
        if row is None:
            skipped["malformed"] += 1
        elif breaks_rule(row):
            skipped["refused"] += 1
        elif row["id"] in seen:
            skipped["duplicate"] += 1
        else:
            seen.add(row["id"])
            kept.append(row)
    return kept, skipped


def parse(line):
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def breaks_rule(row):
    left = row.get("cancelled") is False
    return (
        row.get("id") is None
        or any(len(row.get(field) or "") != 3 for field in ("origin", "dest"))
        or row.get("sched_dep") is None
        or row.get("cancelled") is None
        or (left and row.get("dep_delay") is None)
        or (not left and row.get("dep_time") is not None)
    )


class Count:
    """Windows, lateness and alarms over departures in order of arrival."""

    def __init__(self):
        self.windows = {}
        self.late = []
        self.greatest = datetime.min

    def add(self, row):
        scheduled = datetime.strptime(row["sched_dep"], FORMAT)
        start = scheduled.replace(minute=0, second=0)
        if self.is_closed(start + HOUR):
            self.late.append(row["id"])
        else:
            self.windows.setdefault((row["origin"], start), []).append(row)
        self.greatest = max(self.greatest, scheduled)

    def is_closed(self, window_end):
        return self.greatest > datetime.min + BOUND and window_end - TICK <= self.greatest - BOUND


def to_window(key, rows, names, closed):
    origin, start = key
    delays = [row["dep_delay"] for row in rows if row["dep_delay"] is not None]
    return {
        "origin": origin,
        "airport": names.get(origin),
        "window_start": start.strftime(FORMAT),
        "window_end": (start + HOUR).strftime(FORMAT),
        "departures": len(rows),
        "cancelled": sum(row["cancelled"] for row in rows),
        "mean_delay": sum(delays) / len(delays) if delays else None,
        "closed": closed,
    }


def to_alarm(window):
    kept = ("origin", "window_start", "window_end", "departures", "cancelled")
    return {name: window[name] for name in kept} | {"share": window["cancelled"] / window["departures"]}


def count(lines, airports, bounded=False):
    """The whole expected result over JSON lines and airports' names."""
    rows, skipped = read_valid(lines)
    totals, days = Count(), {}
    for row in rows:
        totals.add(row)
        days[row["sched_dep"][:10]] = days.get(row["sched_dep"][:10], 0) + 1
    windows, waiting = [], []
    for key in sorted(totals.windows):
        closed = bounded or totals.is_closed(key[1] + HOUR)
        windows.append(to_window(key, totals.windows[key], airports, closed))
        waiting += [] if closed else [row["id"] for row in totals.windows[key]]
    alarms = [to_alarm(w) for w in windows if w["closed"] and w["cancelled"] * 10 > w["departures"]]
    return {
        "rows": {"valid": len(rows), **skipped},
        "windows": windows,
        "alarms": alarms,
        "late": totals.late,
        "waiting": waiting,
        "days": days,
    }


def read_airports(path):
    with open(path, newline="") as lines:
        return {row[0]: row[1] for row in csv.reader(lines)}


def summarise(result):
    return {
        **result["rows"],
        "windows": len(result["windows"]),
        "closed": sum(w["closed"] for w in result["windows"]),
        "late": len(result["late"]),
        "waiting": len(result["waiting"]),
        "alarms": len(result["alarms"]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--departures", type=pathlib.Path, default=DATA / "departures.jsonl")
    parser.add_argument("--airports", type=pathlib.Path, default=DATA / "airports.csv")
    parser.add_argument("--bounded", action="store_true", help="the input ends: every window closes")
    parser.add_argument("--summary", action="store_true", help="figures only")
    options = parser.parse_args()
    with open(options.departures, errors="replace") as lines:
        result = count(lines, read_airports(options.airports), options.bounded)
    print(json.dumps(summarise(result) if options.summary else result, indent=None if options.summary else 1))


if __name__ == "__main__":
    main()
