#!/usr/bin/env python3
"""The changes that each operator of a plan emits, held against Flink's `EXPLAIN CHANGELOG_MODE`.

    YEOUL_BIN=target/release/yeoul tests/sql/plans.py

`plans/*.statements` holds a text a line, `.modes` Flink's operators of its last statement, outermost first, each with its changelog mode
(`tools/flink-oracle/oracle modes tests/sql/plans/*.statements`). Compared are the mode of the whole and that of each operator with state;
a line below a comment that begins with `-- Differs` is only to be accepted or refused as by Flink, for the reason that it gives.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from yeoul import BINARY  # noqa: E402

# What the same is called by Flink and by Yeoul.
FLINK = {
    "GroupAggregate": "aggregate", "Join": "join", "IntervalJoin": "interval join", "TemporalJoin": "temporal join", "WindowJoin": "window join",
    "Rank": "rank", "SortLimit": "rank", "Limit": "rank", "OverAggregate": "over", "WindowRank": "window rank", "GlobalWindowAggregate": "window",
    "WindowAggregate": "window", "GroupWindowAggregate": "window", "TemporalSort": "sort", "ChangelogNormalize": "normalize",
}
YEOUL = {
    "GroupAggregate": "aggregate", "RegularJoin": "join", "Join": "join", "IntervalJoin": "interval join", "TemporalJoin": "temporal join",
    "WindowJoin": "window join", "Rank": "rank", "Deduplicate": "rank", "Limit": "rank", "Over": "over", "WindowRank": "window rank",
    "WindowAggregate": "window", "Sort": "sort", "Normalize": "normalize",
}
NODE = re.compile(r"^ *#\d+ (\w+).*? \[([A-Z,]*)\](?: state ttl .*)?$", re.MULTILINE)


def explained(statement, folder):
    file = folder / "case.sql"
    file.write_text(statement + ";\n")
    return subprocess.run([BINARY, "explain", file], capture_output=True, text=True, cwd=folder, timeout=30)


def kinds(operators, names):
    return sorted((names[name], mode) for name, mode in operators if name in names)


def fault(statement, flink, differs, folder):
    """What is wrong with Yeoul's plan; nothing if it is as Flink's."""
    done = explained(statement, folder)
    if flink.startswith("refused"):
        return None if done.returncode == 2 else "accepted, and Flink refuses it"
    if done.returncode != 0:
        return done.stderr.splitlines()[0]
    theirs = [node for node in re.findall(r"(\w+)\[([A-Z,]*)\]", flink) if node[0] != "Sink"]
    ours = NODE.findall(done.stdout)
    same = ours and theirs[0][1] == ours[0][1] and kinds(theirs, FLINK) == kinds(ours, YEOUL)
    if differs:
        return "it is as in Flink now: remove the comment above it" if same else None
    return None if same else f"\n  Flink: {theirs[0][1]} {kinds(theirs, FLINK)}\n  Yeoul: {ours[0][1] if ours else None} {kinds(ours, YEOUL)}"


def main():
    wrong = count = 0
    with tempfile.TemporaryDirectory() as name:
        for file in sorted((HERE / "plans").glob("*.statements")):
            answers = file.with_suffix(".modes").read_text().splitlines()
            differs = False
            for statement, flink in zip(file.read_text().splitlines(), answers, strict=True):
                if statement.startswith("--"):
                    differs = statement.startswith("-- Differs")
                    continue
                found = fault(statement, flink, differs, pathlib.Path(name))
                differs, count, wrong = False, count + 1, wrong + (found is not None)
                if found:
                    print(f"wrong: {statement.split('; ')[-1]}: {found}")
    print(f"{count - wrong} of {count} plans change as Flink's do")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
