#!/usr/bin/env python3
"""Quotas with real clients: set by Kafka's own tool, kept over a restart, told to librdkafka by `throttle_time_ms`, held to
by what passes in a second; by user, client id and their defaults.

    tests/support/python tests/kafka/test_quotas.py

Starts `yeoul serve` (YEOUL_BIN); needs Java for the tool.
"""

import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from test_topics import CONFIGS, java  # noqa: E402
from yeoul import Yeoul  # noqa: E402

SECONDS_MAX = 60
RATE = 200_000
VALUE = b"x" * 10_000
# Quotas are means over a window of ten seconds (Kafka's): so much comes at once, and the rest at the rate.
BYTES = 13 * RATE


def quota(address, change, *entity):
    said = java(address, CONFIGS, "--alter", "--add-config", change, *entity)
    assert "Completed" in said or not said.strip(), said


def described(address):
    return java(address, CONFIGS, "--describe", "--entity-type", "clients")


class Throttles(list):
    def __call__(self, event):
        self.append(event.throttle_time)


def produce(address, client_id):
    """Writes BYTES; returns how long it took, and what the broker said of throttling."""
    throttles = Throttles()
    producer = Producer({"bootstrap.servers": address, "client.id": client_id, "throttle_cb": throttles, "batch.size": 20_000,
                         "linger.ms": 0})
    began = time.monotonic()
    for _ in range(BYTES // len(VALUE)):
        producer.produce("t", VALUE, partition=0)
        producer.poll(0.001)
    assert producer.flush(SECONDS_MAX) == 0, "not all was sent"
    took = time.monotonic() - began
    producer.poll(0.5)
    return took, throttles


def consume(address, client_id):
    throttles = Throttles()
    consumer = Consumer({"bootstrap.servers": address, "client.id": client_id, "throttle_cb": throttles, "group.id": client_id,
                         "enable.auto.commit": False, "fetch.message.max.bytes": 50_000, "queued.max.messages.kbytes": 100})
    consumer.assign([TopicPartition("t", 0, 0)])
    began, read = time.monotonic(), 0
    while read < BYTES:
        message = consumer.poll(SECONDS_MAX)
        assert message is not None and message.error() is None, message
        read += len(message.value())
    took = time.monotonic() - began
    consumer.poll(0.5)
    consumer.close()
    return took, throttles


def check(what, limited, free):
    took, throttles = limited
    free_took, free_throttles = free
    assert any(seconds > 0 for seconds in throttles), f"{what}: nothing was said of throttling"
    assert not any(free_throttles), f"{what}: who has no quota was throttled"
    # The window's allowance comes at once; the rest at the rate.
    assert took > 1.5 and took > 2 * free_took, f"{what}: {took:.1f} s with a quota, {free_took:.1f} s without"
    print(f"ok: {what}: {took:.1f} s with a quota of {RATE} bytes a second, {free_took:.1f} s without; "
          f"told {max(throttles):.2f} s at most", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="yeoul-quotas") as folder:
        with Yeoul("serve", "--data", folder) as platform:
            admin = AdminClient({"bootstrap.servers": platform.kafka, "log_level": 0})
            admin.create_topics([NewTopic("t", 1, 1)])["t"].result(SECONDS_MAX)
            quota(platform.kafka, f"producer_byte_rate={RATE},consumer_byte_rate={RATE}", "--entity-type", "clients", "--entity-name", "slow")
            check("producing", produce(platform.kafka, "slow"), produce(platform.kafka, "fast"))
            platform.kill()
        with Yeoul("serve", "--data", folder) as platform:
            shown = described(platform.kafka)
            assert "slow" in shown and f"{float(RATE)}" in shown, shown
            check("consuming, after a restart", consume(platform.kafka, "slow"), consume(platform.kafka, "fast"))
            quota(platform.kafka, f"producer_byte_rate={RATE}", "--entity-type", "clients", "--entity-default")
            took, throttles = produce(platform.kafka, "anyone")
            assert any(throttles), "the default is for everyone"
            java(platform.kafka, CONFIGS, "--alter", "--delete-config", "producer_byte_rate", "--entity-type", "clients", "--entity-default")
            _, throttles = produce(platform.kafka, "anyone else")
            assert not any(throttles), "the default is gone"
            print("ok: a default quota is for everyone, and goes", flush=True)


if __name__ == "__main__":
    main()
