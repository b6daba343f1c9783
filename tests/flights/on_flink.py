#!/usr/bin/env python3
"""The example's SQL files, bounded, on Flink over a real Kafka broker: they give the rows of the independent count.

    tests/support/python tests/flights/on_flink.py [--yeoul]     `--yeoul`: over Yeoul's broker instead

The files run as they are, but for what Flink needs otherwise: absolute paths, the other broker's address, tables that
end at their topic's present end, and the materialized table replaced by its query.
"""

import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile

from expected import DATA, EXAMPLE, ROOT, check_alarms, check_ids, check_lake, check_windows, expected
from kafka_io import produce_lines, read_json
from kafka_reference import KafkaReference
from yeoul import Yeoul


def main():
    result = expected(bounded=True)
    with tempfile.TemporaryDirectory() as folder, broker(pathlib.Path(folder)) as address:
        produce_lines(address, "landing.airport.departures", (DATA / "departures.jsonl").read_text().splitlines())
        run_on_flink(address, pathlib.Path(folder))
        lines = (pathlib.Path(folder) / "out" / "airport_hourly.jsonl").read_text().splitlines()
        check_windows([json.loads(line) for line in lines], result)
        check_alarms(read_json(address, "production.airport.alerts"), result)
        staged = read_json(address, "staging.airport.departures")
        check_ids("staged departures", [row["id"] for row in staged], departures())
        check_lake(pathlib.Path(folder) / "lake" / "departures")
    print(f"flink agrees: {len(result['windows'])} windows, {len(result['alarms'])} alarms, {len(result['late'])} late rows left out")


@contextlib.contextmanager
def broker(folder):
    if "--yeoul" in sys.argv[1:]:
        with Yeoul("serve", "--data", folder / "broker", log=folder / "yeoul.log") as yeoul:
            yield yeoul.kafka
    else:
        with KafkaReference() as kafka:
            yield kafka.address


def run_on_flink(address, folder):
    (folder / "data").symlink_to(DATA)
    oracle = ROOT / "tools" / "flink-oracle" / "oracle"
    files = sorted(EXAMPLE.glob("*.sql"))
    subprocess.run([oracle, "run", *files, "--root", folder, "--out", folder / "out", "--bounded-kafka", address], check=True)


def departures():
    with open(DATA / "departures.jsonl") as lines:
        return [json.loads(line)["id"] for line in lines]


if __name__ == "__main__":
    main()
