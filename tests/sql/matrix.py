#!/usr/bin/env python3
"""Asks Yeoul about each line of `matrix/*.statements` whether it is valid, and compares with Flink's verdicts.

    YEOUL_BIN=target/release/yeoul tests/sql/matrix.py [PART_OF_A_NAME...] [--verbose]

What Flink refuses and Yeoul accepts is wrong, and fails; what Flink accepts and Yeoul refuses is unsupported, and counted.
`.verdicts` is written by `tools/flink-oracle/oracle verdicts` alone.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BINARY = os.environ.get("YEOUL_BIN", str(HERE.parents[1] / "target" / "release" / "yeoul"))
CHECK_SECONDS_MAX = 30


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="matrix") as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        shutil.copytree(HERE / "data", pathlib.Path(folder) / "data")
        for file in sorted((HERE / "matrix").glob("*.statements")):
            if not options.parts or any(part in file.name for part in options.parts):
                wrong += ask(pool, pathlib.Path(folder), file, options.verbose)
    sys.exit(1 if wrong else 0)


def ask(pool, folder, file, verbose):
    statements = file.read_text().splitlines()
    verdicts = file.with_suffix(".verdicts").read_text().splitlines()
    asked = [(s, v) for s, v in zip(statements, verdicts, strict=True) if not s.startswith("--")]
    answers = pool.map(lambda numbered: is_valid(folder, *numbered), enumerate(statement for statement, _ in asked))
    counts = {"same": 0, "unsupported": 0, "wrong": 0}
    for (statement, verdict), valid in zip(asked, answers):
        kind = "same" if valid == (verdict == "accepted") else "wrong" if valid else "unsupported"
        counts[kind] += 1
        if kind == "wrong" or (verbose and kind == "unsupported"):
            print(f"{kind}: {statement}\n    Flink: {verdict[:160]}")
    print(f"{file.stem}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()), flush=True)
    return counts["wrong"]


def is_valid(folder, number, statement):
    file = folder / f"{number}.sql"
    file.write_text(statement)
    done = subprocess.run([BINARY, "check", file], cwd=folder, capture_output=True, timeout=CHECK_SECONDS_MAX)
    assert done.returncode in (0, 2), f"{statement}: ended with {done.returncode}: {done.stderr.decode()[:300]}"
    return done.returncode == 0


if __name__ == "__main__":
    main()
