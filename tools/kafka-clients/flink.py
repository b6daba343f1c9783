#!/usr/bin/env python3
"""Flink's own Kafka connectors read from Yeoul and write into it, exactly once.

    tests/support/python tools/kafka-clients/flink.py [--rows 5000]

A real Flink (tools/flink-oracle) reads a topic up to its end: what an aborted transaction left is not read, each row's
partition, offset, timestamp, key and headers are what they are. It writes with an exactly-once sink and with an
upsert sink into a compacted topic.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from confluent_kafka import Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from kafka_io import records_of_partition, values_of_partition  # noqa: E402
from yeoul import Yeoul  # noqa: E402

SECONDS_MAX = 300
PARTITIONS = 3
TIME = 1_700_000_000_000
COPY = """
SET 'execution.checkpointing.interval' = '300 ms';
CREATE TABLE `in` (
  k STRING, n BIGINT,
  happened TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', part INT METADATA FROM 'partition' VIRTUAL, place BIGINT METADATA FROM 'offset' VIRTUAL,
  heads MAP<STRING, BYTES> METADATA FROM 'headers'
) WITH ({kafka}, 'topic' = 'in', 'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY',
  'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset', 'properties.isolation.level' = 'read_committed',
  'properties.group.id' = 'flink');
CREATE TABLE `out` (n BIGINT, k STRING, part INT, place BIGINT, ms BIGINT, head STRING)
WITH ({kafka}, 'topic' = 'out', 'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'flink');
INSERT INTO `out` SELECT n, k, part, place, UNIX_TIMESTAMP(CAST(happened AS STRING)) * 1000, DECODE(heads['h'], 'UTF-8') FROM `in`;
"""
COUNT = """
SET 'execution.checkpointing.interval' = '300 ms';
CREATE TABLE `in` (k STRING, n BIGINT)
WITH ({kafka}, 'topic' = 'in', 'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY',
  'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset', 'properties.isolation.level' = 'read_committed');
CREATE TABLE counts (k STRING, rows_of_it BIGINT, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'properties.bootstrap.servers' = '{address}', 'topic' = 'counts', 'key.format' = 'raw', 'value.format' = 'json',
  'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'upsert');
INSERT INTO counts SELECT k, COUNT(*) FROM `in` GROUP BY k;
"""


def create(address):
    admin = AdminClient({"bootstrap.servers": address})
    topics = [NewTopic("in", PARTITIONS, 1), NewTopic("out", 1, 1), NewTopic("counts", 1, 1, config={"cleanup.policy": "compact"})]
    for future in admin.create_topics(topics).values():
        future.result(SECONDS_MAX)


def fill(address, rows):
    """Transactions of a hundred rows; each is written twice, aborted first."""
    producer = Producer({"bootstrap.servers": address, "transactional.id": "fill"})
    producer.init_transactions(SECONDS_MAX)
    for begin in range(0, rows, 100):
        for commits in (False, True):
            producer.begin_transaction()
            for n in range(begin, min(begin + 100, rows)):
                row = json.dumps({"n": n}).encode()
                producer.produce("in", row, key=key_of(n), partition=n % PARTITIONS, timestamp=TIME + n * 1000, headers=[("h", f"h{n}".encode())])
                producer.poll(0)
            producer.flush(SECONDS_MAX)
            producer.commit_transaction(SECONDS_MAX) if commits else producer.abort_transaction(SECONDS_MAX)


def key_of(n):
    return f"key{n % 7}"


def flink(text, address):
    kafka = f"'connector' = 'kafka', 'properties.bootstrap.servers' = '{address}'"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(text.format(kafka=kafka, address=address))
        file.flush()
        done = subprocess.run([ROOT / "tools" / "flink-oracle" / "oracle", "run", file.name], capture_output=True, text=True, timeout=SECONDS_MAX)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def check_copied(address, rows):
    found = sorted((json.loads(value) for value in values_of_partition(address, "out")), key=lambda row: row["n"])
    assert [row["n"] for row in found] == list(range(rows)), f"{len(found)} of {rows} rows"
    places = set()
    for n, row in enumerate(found):
        wanted = {"n": n, "k": key_of(n), "part": n % PARTITIONS, "place": row["place"], "ms": TIME + n * 1000, "head": f"h{n}"}
        assert row == wanted, (row, wanted)
        places.add((row["part"], row["place"]))
    assert len(places) == rows, "two rows have the same place"


def check_counted(address, rows):
    kept = [message for message in records_of_partition(address, "counts") if message.value()]
    latest = {message.key().decode(): json.loads(message.value())["rows_of_it"] for message in kept}
    assert latest == {key_of(n): len(range(n, rows, 7)) for n in range(7)}, latest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder, Yeoul("serve", "--data", folder) as yeoul:
        create(yeoul.kafka)
        fill(yeoul.kafka, rows)
        flink(COPY, yeoul.kafka)
        check_copied(yeoul.kafka, rows)
        flink(COUNT, yeoul.kafka)
        check_counted(yeoul.kafka, rows)
    print(f"ok flink: {rows} committed rows read, written exactly once, counted into a compacted topic")


if __name__ == "__main__":
    main()
