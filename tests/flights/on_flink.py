#!/usr/bin/env python3
"""The example's SQL files, bounded, on Flink over a real Kafka broker: they give the rows of the independent count.

The files run as they are, but for what Flink needs otherwise: absolute paths, the other broker's address, tables that
end at their topic's present end, and the materialized table replaced by its query.
"""

import json
import pathlib
import subprocess
import tempfile

from expected import DATA, EXAMPLE, ROOT, check_alarms, check_ids, check_lake, check_windows, expected
from kafka_io import produce_lines, read_json
from kafka_reference import KafkaReference


def main():
    result = expected(bounded=True)
    with KafkaReference() as kafka, tempfile.TemporaryDirectory() as folder:
        produce_lines(kafka.address, "landing.airport.departures", (DATA / "departures.jsonl").read_text().splitlines())
        run_on_flink(kafka.address, pathlib.Path(folder))
        lines = (pathlib.Path(folder) / "out" / "airport_hourly.jsonl").read_text().splitlines()
        check_windows([json.loads(line) for line in lines], result)
        check_alarms(read_json(kafka.address, "production.airport.alerts"), result)
        staged = read_json(kafka.address, "staging.airport.departures")
        check_ids("staged departures", [row["id"] for row in staged], departures())
        check_lake(pathlib.Path(folder) / "lake" / "departures")
    print(f"flink agrees: {len(result['windows'])} windows, {len(result['alarms'])} alarms, {len(result['late'])} late rows left out")


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
