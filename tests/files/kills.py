#!/usr/bin/env python3
"""Generated rows into Parquet files by partition, and from there into JSON lines by watching the folder, over kill -9.

    tests/support/python tests/files/kills.py

The platform is killed again and again while rows come. In the end each row is in each table once, each folder is marked when it is over
(`_SUCCESS`), and no hidden file is left.
"""

import json
import pathlib
import random
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import pyarrow.parquet  # noqa: E402
from yeoul import Yeoul, wait_until  # noqa: E402

ROWS, KILLS, PARTS = 12_000, 5, 4
WAIT_SECONDS_MAX = 60
SQL = f"""
SET 'execution.checkpointing.interval' = '200 ms';
CREATE TABLE numbers (n BIGINT, chance INT) WITH ('connector' = 'datagen', 'rows-per-second' = '2000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '{ROWS}');
CREATE TABLE parts (n BIGINT, chance INT, part BIGINT) PARTITIONED BY (part) WITH ('connector' = 'filesystem', 'path' = 'parts', 'format' = 'parquet',
  'sink.rolling-policy.rollover-interval' = '300 ms', 'sink.rolling-policy.check-interval' = '100 ms',
  'sink.partition-commit.policy.kind' = 'success-file', 'sink.partition-commit.delay' = '1 s');
CREATE TABLE watched (n BIGINT, part BIGINT) PARTITIONED BY (part) WITH ('connector' = 'filesystem', 'path' = 'parts', 'format' = 'parquet',
  'source.monitor-interval' = '200 ms');
CREATE TABLE copies (n BIGINT, part BIGINT) WITH ('connector' = 'filesystem', 'path' = 'copies', 'format' = 'json',
  'sink.rolling-policy.rollover-interval' = '300 ms', 'sink.rolling-policy.check-interval' = '100 ms');
INSERT INTO parts SELECT n, chance, (n - 1) * {PARTS} / {ROWS} FROM numbers;
INSERT INTO copies SELECT n, part FROM watched;
"""


def shown(folder, end):
    """The files that readers see."""
    return [path for path in folder.rglob(f"*{end}") if not path.name.startswith((".", "_"))]


def written(project):
    tables = [pyarrow.parquet.ParquetFile(path).read().to_pydict() for path in shown(project / "parts", ".parquet")]
    return sorted(n for table in tables for n in table["n"])


def copied(project):
    lines = [line for path in shown(project / "copies", ".json") for line in path.read_text().splitlines()]
    return sorted((row["n"], row["part"]) for row in map(json.loads, lines))


def main():
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        project = pathlib.Path(name)
        (project / "files.sql").write_text(SQL)
        log = project / "yeoul.log"
        for _ in range(KILLS):
            with Yeoul("run", project, log=log) as yeoul:
                time.sleep(chance.uniform(0.3, 1.2))
                yeoul.kill()
        with Yeoul("run", project, log=log) as yeoul:
            wait_until(lambda: f"{len(copied(project))} of {ROWS} copied; {log.read_text()[-800:]}", lambda: len(copied(project)) >= ROWS, WAIT_SECONDS_MAX)
            assert yeoul.stop() == 0
        assert written(project) == list(range(1, ROWS + 1)), "a row is not in the files exactly once"
        assert copied(project) == [(n, (n - 1) * PARTS // ROWS) for n in range(1, ROWS + 1)], "a row is not copied exactly once"
        marks = sorted(path.parent.name for path in (project / "parts").rglob("_SUCCESS"))
        assert marks == [f"part={part}" for part in range(PARTS)], marks
        hidden = [path for path in project.rglob(".*.inprogress")]
        assert not hidden, hidden
        files = len(shown(project / "parts", ".parquet"))
    print(f"{ROWS} rows in {files} files of {PARTS} partitions and copied from there once each, over {KILLS} kills")


if __name__ == "__main__":
    main()
