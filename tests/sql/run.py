#!/usr/bin/env python3
"""Runs the SQL cases on Yeoul and compares with what Flink said. See README.md.

    YEOUL_BIN=target/release/yeoul tests/sql/run.py [PART_OF_A_NAME...] [--record] [--verbose] [--set KEY=VALUE] [--restart [SEED]]
        [--parallelism N]

`--record` writes `unsupported.txt` anew. `--restart` stops each job with a checkpoint at a random row of its input, and starts
it again from there. `--parallelism` runs each case in so many subtasks. Exit code 1: a wrong result, or `unsupported.txt` is not exact.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("YEOUL_BIN", str(HERE.parents[1] / "target" / "release" / "yeoul"))
UNSUPPORTED = HERE / "unsupported.txt"
CASE_SECONDS_MAX = 30
DIGITS_OF_DOUBLE = 17
PREFIX = []
WINNERS = re.compile(r"^-- Flink's result holds replaced rows: of each (\w+) the highest (\w+) counts\.$", re.MULTILINE)
BY_ARRIVAL = "-- The order of arrival counts."
TIES = "-- Ties are settled by arrival."
ROWS_OF_SHORT_INPUT, ROWS_OF_LONG_INPUT = 4, 20
RELATIVE_ERROR_MAX = Decimal("1e-12")
WHOLE_MAX = Decimal("1e15")


def judge(case, seed=None):
    """Returns (verdict, detail): `ok`, `unsupported` or `wrong`."""
    expected = case.with_suffix(".expected").read_text()
    try:
        code, out, err = run(case, seed)
    except subprocess.TimeoutExpired:
        return "wrong", f"no end after {CASE_SECONDS_MAX} s"
    if code not in (0, 1, 2):
        return "wrong", f"ended with {code}: {last_line(err)}"
    if expected.startswith("error refused"):
        return ("ok", "") if code == 2 else ("wrong", f"Flink refuses it ({expected.strip()[:120]}), Yeoul ended with {code}")
    if expected.startswith("error failed"):
        return ("ok", "") if code in (1, 2) else ("wrong", f"Flink fails ({expected.strip()[:120]}), Yeoul ended with {code}")
    if code == 2:
        return "unsupported", first_line(err)
    if code == 1:
        return "wrong", f"failed: {last_line(err)}"
    return compare(out, expected, WINNERS.search(case.read_text()))


def run(case, seed):
    with tempfile.TemporaryDirectory(prefix="case") as folder:
        shutil.copytree(HERE / "data", pathlib.Path(folder) / "data")
        text = pathlib.Path(folder) / case.name
        text.write_text("".join(PREFIX) + case.read_text())
        done = subprocess.run(
            [BINARY, "run", text.name, "--output", "jsonl", *restart(case, seed)],
            cwd=folder, capture_output=True, timeout=CASE_SECONDS_MAX, env=os.environ | {"TZ": "UTC"},
        )
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def restart(case, seed):
    """A row to restart at, by chance; half of the time one of the first, since most inputs are short."""
    if seed is None:
        return []
    chance = random.Random(f"{seed} {name(case)}")
    return ["--restart-at", str(chance.randint(1, chance.choice((ROWS_OF_SHORT_INPUT, ROWS_OF_LONG_INPUT))))]


def compare(out, expected, winners=None):
    try:
        found = parse(out)
    except ValueError as fault:
        return "wrong", f"no JSON lines: {fault}: {first_line(out)}"
    wanted = parse(expected)
    if winners:
        wanted = winners_of(wanted, *winners.groups())
    if len(found) != len(wanted):
        return "wrong", f"{len(found)} rows instead of {len(wanted)}: {show(found)} instead of {show(wanted)}"
    for have, want in zip(sorted(found, key=rough), sorted(wanted, key=rough)):
        if not equal(have, want):
            return "wrong", f"{show(have)} instead of {show(want)}"
    return "ok", ""


def winners_of(rows, key, value):
    """Of each key the row with the highest value."""
    rows = sorted(rows, key=lambda row: row[value])
    return list({row[key]: row for row in rows}.values())


def parse(lines):
    return [unwrap(load(line)) for line in lines.splitlines() if line.strip()]


def load(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def unwrap(row):
    """A text that holds a JSON object stands for that object: `1E+2` and `100.0` are one number."""
    return {name: try_load(value) if isinstance(value, str) and value.startswith("{") else value for name, value in row.items()}


def try_load(text):
    try:
        return load(text)
    except ValueError:
        return text


def show(value):
    return json.dumps(value, default=str, ensure_ascii=False)[:400]


def rough(value):
    """A sort key under which nearly equal numbers are the same, but no two whole ones."""
    whole = lambda number: number == number.to_integral_value() and abs(number) < WHOLE_MAX
    return json.dumps(value, sort_keys=True, default=lambda number: f"{number:.0f}" if whole(number) else f"{float(number):.8g}")


def equal(a, b):
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return a == b or (is_double(a) and is_double(b) and abs(a - b) <= RELATIVE_ERROR_MAX * max(abs(a), abs(b)))
    return type(a) is type(b) and a == b


def is_double(number):
    digits = number.as_tuple()
    return len(digits.digits) <= DIGITS_OF_DOUBLE and (number != number.to_integral_value() or digits.exponent > 0)


def first_line(text):
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:300]


def last_line(text):
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")[:300]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting in front of each case")
    parser.add_argument("--restart", nargs="?", type=int, const=1, metavar="SEED")
    parser.add_argument("--parallelism", type=int, metavar="N")
    options = parser.parse_args()
    if options.parallelism:
        options.set.append(f"parallelism.default={options.parallelism}")
    PREFIX.extend("SET '{}' = '{}';\n".format(*pair.split("=", 1)) for pair in options.set)
    cases = [case for case in sorted(HERE.glob("*/*.sql")) if not options.parts or any(part in str(case) for part in options.parts)]
    parallel, restarts = (options.parallelism or 1) > 1, options.restart is not None
    left_out = [line for line, out in ((BY_ARRIVAL, parallel), (TIES, parallel or restarts)) if out]
    cases = [case for case in cases if not any(line in case.read_text() for line in left_out)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        verdicts = dict(zip(cases, pool.map(lambda case: judge(case, options.restart), cases)))
    report(verdicts, options.verbose)
    unsupported = sorted(name(case) for case, (verdict, _) in verdicts.items() if verdict == "unsupported")
    if options.record:
        UNSUPPORTED.write_text("".join(line + "\n" for line in unsupported))
    sys.exit(0 if is_as_recorded(verdicts, unsupported) else 1)


def report(verdicts, verbose):
    for case, (verdict, detail) in verdicts.items():
        if verdict == "wrong" or (verbose and verdict == "unsupported"):
            print(f"{verdict:12}{name(case)}\n            {detail}")
    counts = {verdict: sum(v == verdict for v, _ in verdicts.values()) for verdict in ("ok", "unsupported", "wrong")}
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))


def is_as_recorded(verdicts, unsupported):
    recorded = set(UNSUPPORTED.read_text().split()) if UNSUPPORTED.exists() else set()
    ran = {name(case) for case in verdicts}
    difference = set(unsupported) ^ (recorded & ran)
    for case in sorted(difference):
        print(f"{'newly unsupported' if case in unsupported else 'supported now, take it off unsupported.txt'}: {case}")
    return not difference and all(verdict != "wrong" for verdict, _ in verdicts.values())


def name(case):
    return str(case.relative_to(HERE).with_suffix(""))


if __name__ == "__main__":
    main()
