"""Runs texts on Yeoul and on Flink, and yields what their tables wrote."""

import dataclasses
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "nexmark"))
import inputs  # noqa: E402

ORACLE = HERE.parents[1] / "tools" / "flink-oracle" / "oracle"
QUERY_SECONDS_MAX = 300
CHANGE = re.compile(r"^(?:\d+> )?([+-][IUD])(\[.*\])$")


@dataclasses.dataclass
class Outcome:
    """What came of a text: `ran`, `refused` before anything ran, or `failed` while running; what it said then, in one line."""

    end: str
    message: str
    """The printed changes: pairs of `+I`, `-U`, … and the row."""
    changes: list
    """What the file sink left: a line for each row and each mark of a finished folder."""
    files: list


def yeoul(root, name, text):
    (root / f"{name}.sql").write_text(text)
    command = [inputs.BINARY, "run", f"{name}.sql"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=QUERY_SECONDS_MAX)
    message = next(iter(done.stderr.strip().splitlines()), "") if done.returncode else ""
    ends = {0: "ran", 2: "refused"}
    message = re.sub(r"^error: \S+\.sql:\d+:\d+: ", "", message)
    return Outcome(ends.get(done.returncode, "failed"), message, changes_of(done.stdout.splitlines()), written(root))


def flink(root, texts):
    """Each text's outcome, by its name; one process runs them all."""
    for name, text in texts.items():
        (root / f"{name}.sql").write_text(text)
    command = [ORACLE, "each", *(root / f"{name}.sql" for name in texts), "--root", str(root)]
    with open(root / "printed", "w+") as printed:
        subprocess.run(command, stdout=printed, timeout=QUERY_SECONDS_MAX * len(texts))
        printed.seek(0)
        outcomes = dict(zip(texts, outcomes_of(printed), strict=False))
    missing = texts.keys() - outcomes.keys()
    if missing:
        raise RuntimeError(f"Flink's process ended before {', '.join(sorted(missing))}")
    for outcome in outcomes.values():
        outcome.files = written(root)
    return outcomes


def outcomes_of(lines):
    printed = []
    for line in lines:
        if line.startswith("== begin "):
            printed = []
        elif line.startswith("== end "):
            verdict = line.removeprefix("== end ").strip()
            end = "ran" if verdict == "accepted" else verdict.split(" ", 2)[1]
            yield Outcome(end, "" if end == "ran" else verdict.split(" ", 2)[2], changes_of(printed), [])
        else:
            printed.append(line.rstrip("\n"))


def changes_of(lines):
    """Of each printed change the subtask's number is left out."""
    return [found.groups() for found in map(CHANGE.match, lines) if found]


def written(root):
    """What lies in the folder of a file sink, by partition: rows, and the marks of finished partitions."""
    found = []
    for path in (root / "out").rglob("*"):
        folder = path.parent.relative_to(root)
        if path.name == "_SUCCESS":
            found.append(f"{folder} finished")
        elif path.is_file() and not path.name.startswith("."):
            found += (f"{folder} {line}" for line in path.read_text().splitlines())
    return found
