#!/usr/bin/env python3
"""10,000 partitions with records: serving again in under 2 s after a good end and after kill -9, memory bounded.

    tests/support/python tests/kafka/test_many_partitions.py

Starts `yeoul serve` (YEOUL_BIN) on a new data folder. Prints how long a start took, and what was resident 30 s after.
"""

import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from yeoul import Yeoul  # noqa: E402

TOPICS, PARTITIONS = 10, 1000
START_SECONDS_MAX = 2.0
RESIDENT_MB_MAX = 200
SECONDS_MAX = 120


def resident_mb(platform):
    status = pathlib.Path(f"/proc/{platform.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def fill(address):
    admin = AdminClient({"bootstrap.servers": address})
    new = [NewTopic(f"many-{topic}", PARTITIONS, 1) for topic in range(TOPICS)]
    for created in admin.create_topics(new, request_timeout=SECONDS_MAX).values():
        created.result(SECONDS_MAX)
    producer = Producer({"bootstrap.servers": address, "linger.ms": 50})
    for topic in range(TOPICS):
        for partition in range(PARTITIONS):
            producer.produce(f"many-{topic}", b"value", b"key", partition=partition)
        producer.poll(0)
    assert producer.flush(SECONDS_MAX) == 0


def start(folder):
    began = time.monotonic()
    platform = Yeoul("serve", "--data", folder).__enter__()
    return platform, time.monotonic() - began


def main():
    with tempfile.TemporaryDirectory(prefix="yeoul-many") as folder:
        platform, _ = start(folder)
        fill(platform.kafka)
        assert platform.stop() == 0
        for how in ("a good end", "kill -9"):
            platform, seconds = start(folder)
            topics = AdminClient({"bootstrap.servers": platform.kafka}).list_topics(timeout=SECONDS_MAX).topics
            count = sum(len(topic.partitions) for topic in topics.values())
            assert count == TOPICS * PARTITIONS, count
            resident = resident_mb(platform)
            print(f"ok: {count} partitions serve {seconds:.2f} s after {how}, {resident} MB resident", flush=True)
            assert seconds < START_SECONDS_MAX, seconds
            assert resident < RESIDENT_MB_MAX, resident
            platform.kill()


if __name__ == "__main__":
    main()
