#!/usr/bin/env python3
"""Cuts the example's data from the nycflights13 tables.

    tools/flights/cut.py FOLDER_WITH_NYCFLIGHTS13 [examples/flights/data]

Reads `flights.csv.gz` and `airports.csv`, writes `departures.jsonl` and `airports.csv`.

`departures.jsonl`: the departures that New York's airports scheduled in February 2013, one JSON object a line, in
the order in which an airport would have reported them: by real departure, by the scheduled one where the flight was
cancelled, then by line of the original (that time is `reported`). So a delayed flight comes late, and its delay is real lateness.
`dep_time` is scheduled time plus delay, and so falls on the next day where a late flight left after midnight.
Times are local (America/New_York; no clock change falls into February), in Flink's SQL timestamp format.

`airports.csv`: code, name, latitude, longitude, without a header, since Flink reads none.
"""

import csv
import gzip
import json
import pathlib
import sys
from datetime import datetime, timedelta


MISSING = ("", "NA")


def read_departures(path):
    """Yields (order, record) for each departure of February 2013."""
    with gzip.open(path, "rt", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            if row["year"] == "2013" and row["month"] == "2":
                left, record = to_record(row)
                yield (left, number), record


def to_record(row):
    """Returns when the row was reported, and the row as the example's JSON object."""
    scheduled = datetime(2013, 2, int(row["day"]), int(row["hour"]), int(row["minute"]))
    cancelled = row["dep_time"] in MISSING
    delay = None if cancelled else int(row["dep_delay"])
    left = None if cancelled else scheduled + timedelta(minutes=delay)
    reported = scheduled if cancelled else left
    if left is not None:
        assert left.strftime("%H%M") == row["dep_time"].zfill(4).replace("2400", "0000"), row
    number = f"{row['carrier']}{row['flight']}"
    record = {
        "id": f"{scheduled:%Y-%m-%dT%H%M}-{number}-{row['origin']}-{row['dest']}",
        "carrier": row["carrier"],
        "flight": int(row["flight"]),
        "tailnum": None if row["tailnum"] in MISSING else row["tailnum"],
        "origin": row["origin"],
        "dest": row["dest"],
        "distance": int(row["distance"]),
        "sched_dep": f"{scheduled:%Y-%m-%d %H:%M:%S}",
        "dep_time": None if cancelled else f"{left:%Y-%m-%d %H:%M:%S}",
        "dep_delay": delay,
        "cancelled": cancelled,
        "reported": f"{reported:%Y-%m-%d %H:%M:%S}",
    }
    return reported, record


def write_departures(source, target):
    ordered = [record for _, record in sorted(read_departures(source), key=lambda pair: pair[0])]
    assert len({record["id"] for record in ordered}) == len(ordered), "an id occurs twice"
    with open(target, "w", newline="\n") as out:
        for record in ordered:
            out.write(json.dumps(record, separators=(",", ":")) + "\n")
    return len(ordered)


def write_airports(source, target):
    with open(source, newline="") as lines, open(target, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        rows = [(row["faa"], row["name"], row["lat"], row["lon"]) for row in csv.DictReader(lines)]
        writer.writerows(rows)
    return len(rows)


def main():
    source = pathlib.Path(sys.argv[1])
    target = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "examples/flights/data")
    target.mkdir(parents=True, exist_ok=True)
    departures = write_departures(source / "flights.csv.gz", target / "departures.jsonl")
    airports = write_airports(source / "airports.csv", target / "airports.csv")
    print(f"{departures} departures, {airports} airports in {target}")


if __name__ == "__main__":
    main()
