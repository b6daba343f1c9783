#!/usr/bin/env python3
"""Jobs in several subtasks over a topic of several partitions: 1, 2, 4 and 2 subtasks after one another, each start going on from
the checkpoint of the one before, kill -9 in between. Totals per key and windows must be those of all records, each once.

    tests/support/python tests/kafka/test_parallelism.py [SEED]

YEOUL_BIN names the binary.
"""

import collections
import json
import pathlib
import random
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Producer  # noqa: E402
from yeoul import Yeoul, wait_until  # noqa: E402

PARTITIONS, KEYS = 4, 500
RECORDS_PER_START = 40_000
SUBTASKS = (1, 2, 4, 2)
WAIT_SECONDS_MAX = 60
TOPIC = "landing.shop.orders"

PROJECT = f"""
[project]
name = "parallel"

[log]
default-partitions = {PARTITIONS}
"""

TABLES = f"""
CREATE TABLE orders (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH (
  'connector' = 'kafka', 'topic' = '{TOPIC}', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
"""

VIEWS = """
CREATE MATERIALIZED TABLE totals FRESHNESS = INTERVAL '1' SECOND AS
SELECT k, COUNT(*) AS n, SUM(v) AS s FROM orders GROUP BY k;
CREATE MATERIALIZED TABLE minutes FRESHNESS = INTERVAL '1' SECOND AS
SELECT k, window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY k, window_start, window_end;
"""


class Orders:
    """What has been sent, and what must come out. The time of record n is n milliseconds times ten."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.sent = 0
        self.totals = collections.defaultdict(lambda: [0, 0])
        self.minutes = collections.Counter()

    def send(self, address, count):
        producer = Producer({"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 20})
        for _ in range(count):
            self.send_one(producer)
        assert producer.flush(WAIT_SECONDS_MAX) == 0

    def send_one(self, producer):
        key, value, millis = f"k{self.random.randrange(KEYS)}", self.random.randrange(1000), self.sent * 10
        line = json.dumps({"k": key, "v": value, "ts": time.strftime("1970-01-01 %H:%M:%S", time.gmtime(millis // 1000))})
        while True:
            try:
                producer.produce(TOPIC, line, partition=self.sent % PARTITIONS)
                break
            except BufferError:
                producer.poll(0.1)
        self.sent += 1
        self.totals[key][0] += 1
        self.totals[key][1] += value
        self.minutes[key, millis // 60_000] += 1

    def closed(self):
        """The windows that the watermark has passed: each partition ends within 40 ms of the last record's time."""
        watermark = (self.sent - PARTITIONS) * 10 // 1000 * 1000 - 5_000
        return {(key, minute): n for (key, minute), n in self.minutes.items() if (minute + 1) * 60_000 - 1 <= watermark}


def minute_of(text):
    return int(text[11:13]) * 60 + int(text[14:16])


def found(yeoul):
    totals = {row["k"]: [row["n"], row["s"]] for row in yeoul.view("totals")}
    minutes = {(row["k"], minute_of(row["window_start"])): row["n"] for row in yeoul.view("minutes")}
    return totals, minutes


def settings(folder, subtasks):
    (folder / "00_settings.sql").write_text(f"SET 'parallelism.default' = '{subtasks}';\n{TABLES}\n")


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    orders = Orders(seed)
    with tempfile.TemporaryDirectory(prefix="parallel") as temporary:
        folder, log = pathlib.Path(temporary) / "project", pathlib.Path(temporary) / "yeoul.log"
        folder.mkdir()
        (folder / "yeoul.toml").write_text(PROJECT)
        (folder / "01_views.sql").write_text(VIEWS)
        for start, subtasks in enumerate(SUBTASKS):
            settings(folder, subtasks)
            with Yeoul("run", folder, log=log) as yeoul:
                orders.send(yeoul.kafka, RECORDS_PER_START)
                if start % 2 == 0:
                    # It may be anywhere: with a checkpoint under way, or before the first.
                    time.sleep(orders.random.random())
                    yeoul.kill()
                    continue
                wanted = (dict(orders.totals), orders.closed())
                wait_until(lambda: f"{summary(found(yeoul))}, not {summary(wanted)}", lambda: found(yeoul) == wanted, WAIT_SECONDS_MAX)
                jobs = yeoul.status()["jobs"]
                assert [job["state"] for job in jobs] == ["running"] * 2, jobs
                assert all(job["sources"][0]["rows"] == orders.sent for job in jobs), jobs
                assert all(branch["late"] == 0 for job in jobs for branch in job["branches"]), jobs
                yeoul.kill()
            print(f"{subtasks} subtasks: {orders.sent} records, {len(orders.totals)} keys, {len(orders.closed())} windows")


def summary(views):
    totals, minutes = views
    return f"{sum(n for n, _ in totals.values())} records of {len(totals)} keys, {sum(minutes.values())} in {len(minutes)} windows"


if __name__ == "__main__":
    main()
