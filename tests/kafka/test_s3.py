#!/usr/bin/env python3
"""Cold data in S3, by a server of the package `moto`: records move there, are read from there by Kafka clients, also after
kill -9; while the server is away, what lies here is read and written as ever, and what lies there is refused until it is back;
what is deleted goes from there, too. The secret key is in no log.

    tests/support/python tests/kafka/test_s3.py

Starts `yeoul serve` (YEOUL_BIN).
"""

import contextlib
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import boto3  # noqa: E402
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from yeoul import Yeoul, wait_until  # noqa: E402

BUCKET, PREFIX = "records", "yeoul/test"
KEY_ID, SECRET = "AKIAEXAMPLEEXAMPLE", "canary-secret-that-is-nowhere"
TOPIC, RECORDS, VALUE_BYTES = "cold", 3000, 10_000
SECONDS_MAX = 90
# So long may a read of what lies here take while the server is away.
LOCAL_SECONDS_MAX = 5


def config(endpoint):
    return f"""
[log]
file-bytes = 4194304
clean-interval-ms = 200
retention-interval-ms = 1000

[cold]
url = "s3://{BUCKET}/{PREFIX}"
endpoint = "{endpoint}"
region = "eu-central-1"
after-hours = 0
"""


class S3:
    """The server; its objects are gone with it, but for what a pause keeps."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.process = None

    def __enter__(self):
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        keys = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET, "region_name": "eu-central-1"}
        self.client = boto3.client("s3", endpoint_url=self.endpoint, **keys)
        place = {"LocationConstraint": "eu-central-1"}

        def made():
            with contextlib.suppress(Exception):
                return self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
            return None

        wait_until("the server", made, SECONDS_MAX)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def objects(self):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    @contextlib.contextmanager
    def away(self):
        """Connections are taken, and nothing is answered: worse than one that is refused."""
        subprocess.run(["kill", "-STOP", str(self.process.pid)], check=True)
        try:
            yield
        finally:
            subprocess.run(["kill", "-CONT", str(self.process.pid)], check=True)


def value(number):
    return (b"%08d" % number) + bytes([number % 251]) * (VALUE_BYTES - 8)


def produce(address, first, count):
    sent = []
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 5})
    for number in range(first, first + count):
        producer.produce(TOPIC, value(number), partition=0, on_delivery=lambda error, message: sent.append(error))
        producer.poll(0)
        if number % 500 == 0:
            producer.flush(SECONDS_MAX)
    producer.flush(SECONDS_MAX)
    assert sent == [None] * count, [error for error in sent if error][:3]


def consumer(address, from_offset):
    reader = Consumer({"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False,
                       "auto.offset.reset": "error", "check.crcs": True})
    reader.assign([TopicPartition(TOPIC, 0, from_offset)])
    return reader


def read(address, first, end, seconds=SECONDS_MAX):
    """Reads these offsets, and compares each value."""
    reader = consumer(address, first)
    deadline = time.monotonic() + seconds
    number = first
    while number < end:
        assert time.monotonic() < deadline, f"only {number - first} records within {seconds} s"
        message = reader.poll(1)
        if message is None:
            continue
        assert message.error() is None, message.error()
        assert (message.offset(), message.value()) == (number, value(number)), message.offset()
        number += 1
    reader.close()


def ranges(platform):
    return platform.get_json(f"/v1/topics/{TOPIC}/ranges")["partitions"][0]["ranges"]


def stored_end(platform):
    """The offset up to which all records lie in the object store alone."""
    ends = [entry["end"] for entry in ranges(platform) if entry["place"] == "object store"]
    return max(ends, default=0)


def reads_go_on_while_the_store_is_away(platform, s3, cold_end):
    with s3.away():
        # Many readers of what lies there must not hold up those of what lies here.
        cold = [consumer(platform.kafka, 0) for _ in range(12)]
        for reader in cold:
            assert reader.poll(0.2) is None
        began = time.monotonic()
        produce(platform.kafka, RECORDS, 20)
        here = max(entry["start"] for entry in ranges(platform))
        assert here >= cold_end
        read(platform.kafka, max(here, RECORDS), RECORDS + 20)
        took = time.monotonic() - began
        assert all(message is None or message.error() for message in (reader.poll(0) for reader in cold)), "a record of nowhere"
    got = [wait_until("a record", lambda reader=reader: usable(reader.poll(1)), SECONDS_MAX) for reader in cold]
    assert [message.offset() for message in got] == [0] * len(cold)
    for reader in cold:
        reader.close()
    return took


def usable(message):
    if message is None or (message.error() and message.error().code() != KafkaError.OFFSET_OUT_OF_RANGE):
        return None
    return message


def main():
    with tempfile.TemporaryDirectory(prefix="yeoul-s3") as folder, S3() as s3:
        folder = pathlib.Path(folder)
        log = folder / "log"
        (folder / "yeoul.toml").write_text(config(s3.endpoint))
        keys = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET}
        with Yeoul("serve", "--data", folder / "data", cwd=folder, log=log, env=keys) as platform:
            admin = AdminClient({"bootstrap.servers": platform.kafka, "log_level": 0})
            admin.create_topics([NewTopic(TOPIC, 1, 3)])[TOPIC].result(SECONDS_MAX)
            produce(platform.kafka, 0, RECORDS)
            cold_end = wait_until(lambda: ranges(platform), lambda: (end := stored_end(platform)) > RECORDS // 2 and end, SECONDS_MAX)
            names = s3.objects()
            assert names and all(name.startswith(PREFIX + "/") for name in names), names
            read(platform.kafka, 0, RECORDS)
            print(f"ok: records 0 to {cold_end} lie in {len(names)} objects, and are read from there", flush=True)
            platform.kill()
        with Yeoul("serve", "--data", folder / "data", cwd=folder, log=log, env=keys) as platform:
            read(platform.kafka, 0, RECORDS)
            print("ok: so they are after kill -9", flush=True)
            took = reads_go_on_while_the_store_is_away(platform, s3, cold_end)
            assert took < LOCAL_SECONDS_MAX, f"{took:.1f} s"
            print(f"ok: while the store was away, what lies here was written and read in {took:.1f} s", flush=True)
            admin = AdminClient({"bootstrap.servers": platform.kafka, "log_level": 0})
            admin.delete_topics([TOPIC])[TOPIC].result(SECONDS_MAX)
            wait_until(lambda: s3.objects(), lambda: not s3.objects(), SECONDS_MAX)
            assert platform.stop() == 0
            print("ok: the deleted topic's objects are gone", flush=True)
        assert SECRET not in log.read_text(), "the secret key is in the log"


if __name__ == "__main__":
    main()
