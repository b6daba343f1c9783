#!/usr/bin/env python3
"""Nexmark over many events: whether Yeoul's materialised results are Flink's. Kept of Flink's results: `digests.json`.

    tests/nexmark/equal.py check                  # on 10,000 events
    tests/nexmark/equal.py check --events 100000  # under several watermark intervals, where the digests were recorded
    tests/nexmark/equal.py record --events 10000  # asks Flink, writes the digests anew; needs a JVM

Optional: names of queries; `--set KEY=VALUE` puts a setting in front of each text; `--restart-at N` has each query make a checkpoint before its
Nth row, stop, and go on from it. Each query runs over the events in order and out
of order. A digest is the number of rows and the SHA-256 of the sorted rows, each as JSON with sorted keys and plain numbers.

q12 counts by the clock, which no two runs share: `check` holds it against what is true of every run. Of q9 Flink's result holds rows
that were replaced: of each auction the highest price counts.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal

import inputs

DIGESTS = inputs.HERE / "digests.json"
ORACLE = inputs.HERE.parents[1] / "tools" / "flink-oracle" / "oracle"
ORDERS = {"in order": "nexmark.jsonl", "out of order": "shuffled.jsonl"}
INTERVALS = {10_000: ("200 ms",), 100_000: ("0 ms", "200 ms", "5 s")}
CHECKED = [name for name in inputs.NAMES if name != "q12"]
RUN_SECONDS_MAX = 120


def text_of(name, order, settings=()):
    before, query = inputs.statements(name)
    prefix = "".join("SET '{}' = '{}';\n".format(*setting) for setting in settings)
    return prefix + before.replace("data/nexmark.jsonl", f"data/{ORDERS[order]}") + "\n" + query + ";\n"


def plain(number):
    return format(number.normalize() + 0, "f")


def digest(name, lines):
    rows = (json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines if line.strip())
    if name == "q9":
        rows = list({row["id"]: row for row in sorted(rows, key=lambda row: row["price"])}.values())
    texts = sorted(json.dumps(row, sort_keys=True, default=plain) for row in rows)
    return {"rows": len(texts), "sha256": hashlib.sha256("\n".join(texts).encode()).hexdigest()}


def yeoul(folder, text, suffix="", arguments=()):
    """The lines that Yeoul prints for a text in `folder`."""
    file = folder / f"run{suffix}.sql"
    file.write_text(text)
    done = subprocess.run(
        [inputs.BINARY, "run", file.name, "--output", "jsonl", *arguments], cwd=folder, capture_output=True, timeout=RUN_SECONDS_MAX
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace").strip()[:300])
    return done.stdout.decode().splitlines()


def workspace(events):
    """A new folder with `data` and room for `out`."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nexmark"))
    inputs.link([file for file in inputs.data(events).iterdir() if file.suffix in (".jsonl", ".csv")], folder / "data")
    return folder


def check(options):
    known = json.loads(DIGESTS.read_text()).get(str(options.events))
    if known is None:
        sys.exit(f"Flink was not asked for {options.events} events yet: `tests/nexmark/equal.py record --events {options.events}`")
    settings = [tuple(pair.split("=", 1)) for pair in options.set]
    wrong = 0
    for interval in INTERVALS.get(options.events, ("200 ms",)):
        for order in ORDERS:
            for name in options.names or CHECKED:
                if name in CHECKED:
                    case = [("pipeline.auto-watermark-interval", interval), *settings]
                    wrong += judge(options, name, order, case, known[order][name])
    wrong += 0 if options.names and "q12" not in options.names else clock_windows(settings)
    print("all as Flink has it" if wrong == 0 else f"{wrong} wrong")
    return 1 if wrong else 0


def judge(options, name, order, settings, wanted):
    folder = workspace(options.events)
    restart = ["--restart-at", str(options.restart_at)] if options.restart_at else []
    try:
        found = digest(name, yeoul(folder, text_of(name, order, settings), arguments=restart))
    except (RuntimeError, subprocess.TimeoutExpired) as fault:
        found = {"failed": str(fault)}
    finally:
        shutil.rmtree(folder)
    if found != wanted:
        print(f"{name} {order} {settings}: {found} instead of {wanted}")
    return int(found != wanted)


def clock_windows(settings):
    """q12 over events that come by the clock: each window is whole seconds long, each bidder is counted once in it, and never
    more often than it has bids; windows do come."""
    events, window = 25_000, 1
    source = f"CREATE TABLE nexmark ({inputs.COLUMNS}) WITH ('connector' = 'nexmark', 'events.num' = '{events}', 'rate.limited' = 'true');\n"
    bids = "CREATE VIEW bids AS SELECT bid.bidder AS bidder, PROCTIME() AS p_time FROM nexmark WHERE event_type = 2;\n"
    prefix = "".join("SET '{}' = '{}';\n".format(*setting) for setting in settings)
    count = "SELECT bidder, COUNT(*) AS bid_count FROM bids GROUP BY bidder;"
    query = (
        "SELECT bidder, COUNT(*) AS bid_count, UNIX_TIMESTAMP(CAST(window_start AS STRING)) AS s, UNIX_TIMESTAMP(CAST(window_end AS STRING)) AS e "
        f"FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(p_time), INTERVAL '{window}' SECOND)) GROUP BY bidder, window_start, window_end;"
    )
    folder = workspace(10_000)
    try:
        counted = [json.loads(line) for line in yeoul(folder, prefix + source + bids + query)]
        unlimited = source.replace("'rate.limited' = 'true'", "'rate.limited' = 'false'")
        totals = {row["bidder"]: row["bid_count"] for row in map(json.loads, yeoul(folder, prefix + unlimited + bids + count))}
    finally:
        shutil.rmtree(folder)
    sums = collections.Counter()
    for row in counted:
        sums[row["bidder"]] += row["bid_count"]
    holds = {
        "windows come": len(counted) > 0,
        "each bidder once a window": len({(row["bidder"], row["s"]) for row in counted}) == len(counted),
        "windows are whole": all(row["e"] - row["s"] == window for row in counted),
        "no bid counts twice": all(count <= totals.get(bidder, 0) for bidder, count in sums.items()),
    }
    broken = [claim for claim, true in holds.items() if not true]
    if broken:
        print(f"q12: broken: {', '.join(broken)}")
    return int(bool(broken))


def record(options):
    """Asks Flink for each query over both orders."""
    root = pathlib.Path(tempfile.mkdtemp(prefix="nexmark"))
    (root / "data").symlink_to(inputs.data(options.events))
    names = options.names or CHECKED
    (root / "cases").mkdir()
    for order in ORDERS:
        for name in names:
            (root / "cases" / f"{name} {order}.sql").write_text(text_of(name, order))
    subprocess.run([ORACLE, "cases", root / "cases"], check=True)
    known = json.loads(DIGESTS.read_text()) if DIGESTS.exists() else {}
    for order in ORDERS:
        for name in names:
            lines = (root / "cases" / f"{name} {order}.expected").read_text().splitlines()
            if lines and lines[0].startswith("error"):
                sys.exit(f"{name} {order}: {lines[0]}")
            known.setdefault(str(options.events), {}).setdefault(order, {})[name] = digest(name, lines)
    DIGESTS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    shutil.rmtree(root)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["check", "record"])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--restart-at", type=int, help="stop before this row, and go on from a checkpoint")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting in front of each text")
    options = parser.parse_args()
    sys.exit(check(options) if options.command == "check" else record(options))


if __name__ == "__main__":
    main()
