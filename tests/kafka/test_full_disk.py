#!/usr/bin/env python3
"""L6: a disk of 64 MiB is filled, again and again: producers are told to try again, reads, commits, deletions and changes go on, and
within 10 s of there being room records are taken again. Nothing acknowledged is lost.

    tests/support/python tests/kafka/test_full_disk.py [--rounds 5]

Needs the right to mount a file system; says so and does nothing without it. Starts `yeoul serve` (YEOUL_BIN).
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType  # noqa: E402
from yeoul import Yeoul, wait_until  # noqa: E402

DISK_BYTES = 64 << 20
VALUE = b"x" * (100 << 10)
RESUMES_SECONDS_MAX = 10
STAYS_FULL_SECONDS = 3
SECONDS_MAX = 60
CONFIG = "[log]\nfile-bytes = 4194304\nretention-interval-ms = 1000\nclean-interval-ms = 1000\n"


@contextlib.contextmanager
def small_disk(folder):
    """A file system of its own below the folder; nothing if this user may not mount one."""
    image, place = folder / "image", folder / "disk"
    place.mkdir()
    with open(image, "wb") as file:
        file.truncate(DISK_BYTES)
    made = subprocess.run(["mkfs.ext4", "-q", "-F", image], capture_output=True)
    mounted = made.returncode == 0 and subprocess.run(["mount", "-o", "loop", image, place], capture_output=True).returncode == 0
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", place], check=False)


class Writer:
    """Writes to a topic, and knows what was acknowledged."""

    def __init__(self, address, topic, timeout_ms):
        self.topic, self.acknowledged, self.refused = topic, 0, 0
        self.producer = Producer({"bootstrap.servers": address, "message.timeout.ms": timeout_ms, "enable.idempotence": True,
                                  "queue.buffering.max.kbytes": 8192, "linger.ms": 0})

    def write(self, value):
        self.producer.produce(self.topic, value, b"key", partition=0, on_delivery=self.delivered)

    def delivered(self, error, _message):
        self.acknowledged += error is None
        self.refused += error is not None


def health(platform):
    return platform.get_json("/v1/status")["log"]["health"]


def fill(platform, topic):
    """Writes until the disk is full and stays so; returns how many records were acknowledged."""
    writer = Writer(platform.kafka, topic, 3000)
    deadline = time.monotonic() + SECONDS_MAX
    full_since = None
    # What the log still rewrites in the background may make room once more.
    while full_since is None or time.monotonic() < full_since + STAYS_FULL_SECONDS:
        assert time.monotonic() < deadline, "the disk does not become full"
        if health(platform) == "full":
            full_since = full_since or time.monotonic()
            time.sleep(0.1)
            continue
        full_since = None
        for _ in range(20):
            with contextlib.suppress(BufferError):
                writer.write(VALUE)
            writer.producer.poll(0)
    writer.producer.flush(SECONDS_MAX)
    return writer.acknowledged


def count(address, topic):
    """How many records partition 0 has from its beginning to its end."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "count", "enable.auto.commit": False,
                         "enable.partition.eof": True, "check.crcs": True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    found = 0
    while True:
        message = consumer.poll(SECONDS_MAX)
        assert message is not None, f"no end of {topic} after {found} records"
        if message.error():
            consumer.close()
            return found
        found += 1


def one_round(platform, number):
    admin = AdminClient({"bootstrap.servers": platform.kafka})
    topic = f"fill-{number}"
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(SECONDS_MAX)
    acknowledged = fill(platform, topic)
    assert acknowledged > 0
    assert count(platform.kafka, topic) >= acknowledged, "reads go on, and nothing is lost"
    refused = Writer(platform.kafka, "steady", 1500)
    refused.write(b"refused")
    refused.producer.flush(SECONDS_MAX)
    assert refused.refused == 1, "a full disk takes nothing"
    consumer = Consumer({"bootstrap.servers": platform.kafka, "group.id": "reads-on", "enable.auto.commit": False})
    for offset in range(100):
        done = consumer.commit(offsets=[TopicPartition(topic, 0, offset)], asynchronous=False)
        assert done[0].error is None, done
    consumer.close()
    entry = ConfigEntry("retention.ms", str(3_600_000 + number), incremental_operation=AlterConfigOpType.SET)
    changed = ConfigResource(ResourceType.TOPIC, "steady", incremental_configs=[entry])
    admin.incremental_alter_configs([changed])[changed].result(SECONDS_MAX)
    admin.delete_topics([topic])[topic].result(SECONDS_MAX)
    began = time.monotonic()
    steady = Writer(platform.kafka, "steady", SECONDS_MAX * 1000)
    steady.write(b"steady")
    steady.producer.flush(SECONDS_MAX)
    took = time.monotonic() - began
    assert steady.acknowledged == 1 and took < RESUMES_SECONDS_MAX, (steady.acknowledged, took)
    return acknowledged, took


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=20 if "YEOUL_SLOW" in os.environ else 5)
    rounds = arguments.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="yeoul-full") as folder:
        folder = pathlib.Path(folder)
        (folder / "yeoul.toml").write_text(CONFIG)
        with small_disk(folder) as disk:
            if disk is None:
                print("skipped: this user may not mount a file system")
                return
            with Yeoul("serve", "--data", disk / "data", cwd=folder, log=folder / "log") as platform:
                admin = AdminClient({"bootstrap.servers": platform.kafka})
                admin.create_topics([NewTopic("steady", 1, 1)])["steady"].result(SECONDS_MAX)
                for number in range(rounds):
                    acknowledged, took = one_round(platform, number)
                    print(f"ok: round {number}: {acknowledged} records before the disk was full, on again after {took:.1f} s", flush=True)
                kept = wait_until("a count", lambda: count(platform.kafka, "steady"), SECONDS_MAX)
                assert rounds <= kept <= 2 * rounds, kept
                platform.kill()
            with Yeoul("serve", "--data", disk / "data", cwd=folder, log=folder / "log") as platform:
                assert count(platform.kafka, "steady") >= rounds


if __name__ == "__main__":
    main()
