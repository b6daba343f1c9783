"""Nexmark's events as files, and its queries over them: shared by the comparison with Flink and the benchmark.

The events are those of Yeoul's `nexmark` source, whose seed is fixed, as JSON lines. `shuffled` holds the same events out of order:
in groups of a second of event time, by the published formula (event `n` of a group comes at place `n * 953` modulo its size).
"""

import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
QUERIES = HERE.parent / "sql" / "nexmark"
CACHE = pathlib.Path(os.environ.get("YEOUL_CACHE", pathlib.Path.home() / ".cache" / "yeoul")) / "nexmark"
BINARY = os.environ.get("YEOUL_BIN", str(HERE.parents[1] / "target" / "release" / "yeoul"))
GROUP, STEP = 10_000, 953
NAMES = [f"q{number}" for number in (*range(6), *range(7, 24))]
SIDE_KEYS = 10_000

COLUMNS = """
  event_type INT,
  person ROW<id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, `dateTime` TIMESTAMP(3), extra STRING>,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING>"""


def data(events):
    """The folder with the inputs of so many events: `nexmark.jsonl`, `shuffled.jsonl`, `side_input.csv`; made where missing."""
    folder = CACHE / f"events-{events}"
    done = folder / ".whole"
    if not done.exists():
        with open(folder_of(events) / "nexmark.jsonl", "wb") as whole:
            for part in part_files(events):
                whole.write(part.read_bytes())
        shuffle(folder / "nexmark.jsonl", folder / "shuffled.jsonl")
        shutil.copy(CACHE / "side_input.csv", folder / "side_input.csv")
        done.touch()
    return folder


def parts(events):
    """The folder with the events as files of about 64 MB, in the order of their names; made where missing."""
    folder = folder_of(events) / "parts"
    if not (folder.parent / ".parts").exists():
        shutil.rmtree(folder, ignore_errors=True)
        generate(folder.parent, events)
        made = sorted(folder.glob("part-*"), key=lambda part: int(part.stem.rsplit("-", 1)[1]))
        for place, part in enumerate(made):
            part.rename(folder / f"{place:04}.json")
        lines = (f"{key},value-{key}\n" for key in range(SIDE_KEYS))
        (CACHE / "side_input.csv").write_text("".join(lines))
        (folder.parent / ".parts").touch()
    return folder


def part_files(events):
    return sorted(parts(events).glob("*.json"))


def link(files, folder):
    """The files in a new folder: tables lie in their project's folder, and links that lead out of it are refused."""
    folder.mkdir()
    for file in files:
        try:
            os.link(file, folder / file.name)
        except OSError:
            shutil.copy(file, folder / file.name)


def folder_of(events):
    folder = CACHE / f"events-{events}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def generate(folder, events):
    text = folder / "generate.sql"
    text.write_text(
        f"CREATE TABLE made ({COLUMNS}) WITH ('connector' = 'nexmark', 'events.num' = '{events}');\n"
        f"CREATE TABLE written ({COLUMNS}) WITH ('connector' = 'filesystem', 'path' = 'parts', 'format' = 'json');\n"
        "INSERT INTO written SELECT * FROM made;\n"
    )
    subprocess.run([BINARY, "run", text.name], cwd=folder, check=True)


def shuffle(source, target):
    with open(source, "rb") as lines, open(target, "wb") as out:
        while group := [line for line in (lines.readline() for _ in range(GROUP)) if line]:
            out.writelines(group[place * STEP % len(group)] for place in range(len(group)))


def statements(name):
    """A query's text: what comes before its last statement, and that, without its semicolon."""
    text = (QUERIES / f"{name}.sql").read_text().rstrip().removesuffix(";")
    cut = text.rindex(";") + 1
    return text[:cut], text[cut:].strip()
