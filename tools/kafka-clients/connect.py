#!/usr/bin/env python3
"""Kafka Connect, distributed, with Yeoul for its log: a file is copied through a topic into a file, over kill -9 of both.

    tests/support/python tools/kafka-clients/connect.py [--lines 20000]

The worker keeps its configurations, offsets and states in three topics of Yeoul, which it makes itself, and asks for
three replicas, as it does by default. The source is exactly once (KIP-618). Passes when each line is in the topic once,
and each is in the sink's file, in spite of a killed worker and a killed Yeoul.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType  # noqa: E402
from kafka_io import values_of_partition  # noqa: E402
from kafka_reference import free_port  # noqa: E402
from kafka_tools import LIB, install  # noqa: E402
from yeoul import Serving, wait_until  # noqa: E402

SECONDS_MAX = 120
WORKER = """
bootstrap.servers={address}
group.id=connect
key.converter=org.apache.kafka.connect.storage.StringConverter
value.converter=org.apache.kafka.connect.storage.StringConverter
config.storage.topic=connect-configs
offset.storage.topic=connect-offsets
status.storage.topic=connect-status
offset.flush.interval.ms=500
exactly.once.source.support=enabled
session.timeout.ms=6000
heartbeat.interval.ms=500
scheduled.rebalance.max.delay.ms=1000
listeners=http://127.0.0.1:{port}
plugin.discovery=service_load
"""


class Worker:
    """A distributed worker; `rest` asks it."""

    def __init__(self, folder, address):
        self.port = free_port()
        self.config = folder / f"worker-{self.port}.properties"
        self.config.write_text(WORKER.format(address=address, port=self.port))
        self.log = folder / f"worker-{self.port}.log"
        self.process = None

    def __enter__(self):
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{LIB}/*", "org.apache.kafka.connect.cli.ConnectDistributed"]
        self.process = subprocess.Popen([*command, self.config], stdout=self.log.open("wb"), stderr=subprocess.STDOUT)
        wait_until(lambda: self.log.read_text()[-2000:], self._answers, SECONDS_MAX)
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def _answers(self):
        assert self.process.poll() is None, f"the worker ended: {self.log.read_text()[-3000:]}"
        with contextlib.suppress(OSError):
            return self.rest("/connectors") is not None

    def rest(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"})
        request.method = "GET" if body is None else "PUT"
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def is_running(self, connector):
        with contextlib.suppress(OSError):
            status = self.rest(f"/connectors/{connector}/status")
            states = [status["connector"]["state"], *(task["state"] for task in status["tasks"])]
            assert "FAILED" not in states, status
            return len(states) > 1 and set(states) == {"RUNNING"}
        return False


def append(path, numbers):
    with path.open("a") as file:
        file.writelines(f"line {number}\n" for number in numbers)


def lines_of(path):
    return path.read_text().splitlines() if path.exists() else []


def run(folder, lines):
    source, sink, port = folder / "in.txt", folder / "out.txt", free_port()
    first, last = range(lines // 2), range(lines // 2, lines)
    append(source, first)
    with contextlib.ExitStack() as stack:
        yeoul = stack.enter_context(Serving(folder / "data", port))
        worker = stack.enter_context(Worker(folder, yeoul.kafka))
        of_file = {"connector.class": "FileStreamSource", "file": str(source), "topic": "lines", "batch.size": "100"}
        worker.rest("/connectors/source/config", of_file | {"exactly.once.support": "required", "topic.creation.default.partitions": "1", "topic.creation.default.replication.factor": "3"})
        worker.rest("/connectors/sink/config", {"connector.class": "FileStreamSink", "file": str(sink), "topics": "lines", "consumer.override.isolation.level": "read_committed", "consumer.override.auto.offset.reset": "earliest"})
        wait_until(lambda: f"{len(lines_of(sink))} lines came", lambda: len(lines_of(sink)) >= len(first) // 4, SECONDS_MAX)
        worker.kill()
        append(source, last)
        yeoul.kill()
        yeoul = stack.enter_context(Serving(folder / "data", port))
        worker = stack.enter_context(Worker(folder, yeoul.kafka))
        wait_until("both connectors run again", lambda: worker.is_running("source") and worker.is_running("sink"), SECONDS_MAX)
        wanted = {f"line {number}" for number in range(lines)}
        wait_until(lambda: f"{len(set(lines_of(sink)))} of {lines} came", lambda: set(lines_of(sink)) == wanted, SECONDS_MAX)
        copied = [value.decode() for value in values_of_partition(yeoul.kafka, "lines")]
        assert copied == [f"line {number}" for number in range(lines)], f"{len(copied)} lines, {len(set(copied))} different"
        check_own_topics(yeoul.kafka)
        repeated = len(lines_of(sink)) - lines
        print(f"ok connect: {lines} lines, once each in the topic; the sink's file repeats {repeated} (its sink is at least once)")


def check_own_topics(address):
    admin = AdminClient({"bootstrap.servers": address})
    for topic in ("connect-configs", "connect-offsets", "connect-status"):
        resource = ConfigResource(ResourceType.TOPIC, topic)
        policy = admin.describe_configs([resource])[resource].result(SECONDS_MAX)["cleanup.policy"].value
        assert policy == "compact", f"`{topic}` is {policy}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=20_000)
    options = parser.parse_args()
    install()
    with tempfile.TemporaryDirectory(prefix="connect") as name:
        run(pathlib.Path(name), options.lines)


if __name__ == "__main__":
    main()
