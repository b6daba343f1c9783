#!/usr/bin/env python3
"""Kafka Streams counts words with `exactly_once_v2` against Yeoul, over kill -9 of the application and of Yeoul.

    tests/support/python tools/kafka-clients/streams.py [--sentences 4000]

The application is killed, then Yeoul, then the application again, whose state is deleted, so that it is restored from its
changelog. Passes when each word's counts are 1, 2, 3, … up to how often it was sent: none counted twice, none missed.
"""

import argparse
import collections
import contextlib
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from kafka_reference import free_port  # noqa: E402
from yeoul import Serving, wait_until  # noqa: E402

SECONDS_MAX = 180
PARTITIONS = 3
WORDS = ["river", "stream", "brook", "creek", "rill", "beck", "burn", "여울"]


class Application:
    def __init__(self, folder, address):
        self.folder, self.address = folder, address
        self.log = (folder / "application.log").open("ab")
        self.process = None

    def __enter__(self):
        classes = subprocess.run([ROOT / "tools" / "kafka-clients" / "install", "streams"], check=True, capture_output=True, text=True)
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", classes.stdout.strip(), "WordCount", self.address, self.folder / "state"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Counts:
    """What the application wrote so far, as a committed reader sees it, by word and in order."""

    def __init__(self, address):
        settings = {"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False}
        self.consumer = Consumer(settings | {"isolation.level": "read_committed", "log_level": 0})
        self.consumer.assign([TopicPartition("counts", number, 0) for number in range(PARTITIONS)])
        self.of_word = collections.defaultdict(list)

    def total(self):
        for message in self.consumer.consume(10_000, timeout=0.5):
            if message.error() is None:
                self.of_word[message.key().decode()].append(int(message.value()))
            else:
                assert message.error().retriable() or message.error().code() == KafkaError._ALL_BROKERS_DOWN, message.error()
        return sum(len(counts) for counts in self.of_word.values())

    def wait_for(self, total):
        wait_until(lambda: f"{self.total()} of {total} counted", lambda: self.total() >= total, SECONDS_MAX)


class Sender:
    """Sends sentences, and knows how often each word was in them."""

    def __init__(self, address):
        self.producer = Producer({"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 5, "log_level": 0})
        self.sent = collections.Counter()
        self.random = random.Random(1)

    def send(self, sentences):
        for number in range(sentences):
            words = self.random.choices(WORDS, k=5)
            self.sent.update(words)
            self.producer.produce("sentences", " ".join(words), key=str(number))
            self.producer.poll(0)

    def flush(self):
        assert self.producer.flush(SECONDS_MAX) == 0


def run(folder, sentences):
    port, part = free_port(), sentences // 4
    with contextlib.ExitStack() as stack:
        yeoul = stack.enter_context(Serving(folder / "data", port))
        admin = AdminClient({"bootstrap.servers": yeoul.kafka, "log_level": 0})
        for future in admin.create_topics([NewTopic(topic, PARTITIONS, 1) for topic in ("sentences", "counts")]).values():
            future.result(SECONDS_MAX)
        sender, counts = Sender(yeoul.kafka), Counts(yeoul.kafka)
        with Application(folder, yeoul.kafka):
            sender.send(part)
            counts.wait_for(part)
        with Application(folder, yeoul.kafka):
            sender.send(part)
            counts.wait_for(6 * part)
            sender.send(part)
            yeoul.kill()
            yeoul = stack.enter_context(Serving(folder / "data", port))
            counts.wait_for(11 * part)
        shutil.rmtree(folder / "state")
        with Application(folder, yeoul.kafka):
            sender.send(sentences - 3 * part)
            sender.flush()
            counts.wait_for(sum(sender.sent.values()))
    check(counts.of_word, sender.sent)
    print(f"ok streams: {sum(sender.sent.values())} words of {sentences} sentences, each counted once")


def check(of_word, sent):
    for word, times in sent.items():
        assert of_word[word] == list(range(1, times + 1)), f"`{word}` was sent {times} times: {of_word[word][:5]} … {of_word[word][-5:]}"
    assert set(of_word) == set(sent), set(of_word) - set(sent)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sentences", type=int, default=4000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="streams") as name:
        folder = pathlib.Path(name)
        try:
            run(folder, options.sentences)
        except BaseException:
            print((folder / "application.log").read_text()[-4000:], file=sys.stderr)
            raise


if __name__ == "__main__":
    main()
