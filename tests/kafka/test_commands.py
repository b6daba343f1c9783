#!/usr/bin/env python3
"""The log's commands as people and scripts use them: lines that are typed, readers that go away, places that are wrong.

    tests/support/python tests/kafka/test_commands.py
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer  # noqa: E402
from yeoul import BINARY, Yeoul, wait_until  # noqa: E402

WAIT_SECONDS_MAX = 20


class Place:
    """A platform, and its commands."""

    def __init__(self, data):
        self.data = data

    def start(self, *arguments, **pipes):
        return subprocess.Popen([BINARY, *map(str, arguments), "--data", self.data], **pipes)

    def run(self, *arguments, text=""):
        done = subprocess.run([BINARY, *map(str, arguments), "--data", self.data], input=text, capture_output=True, text=True, timeout=60)
        assert "panicked" not in done.stderr, done.stderr
        return done

    def good(self, *arguments, text=""):
        done = self.run(*arguments, text=text)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def bad(self, *arguments, text="", code=2, parts=()):
        done = self.run(*arguments, text=text)
        assert done.returncode == code, f"{arguments}: {done.returncode}, {done.stdout}{done.stderr}"
        for part in parts:
            assert part in done.stderr, f"no `{part}` in {done.stderr}"


def each_line_arrives_when_it_is_typed(place):
    """What is written to `yeoul produce` is in the topic while its input is still open."""
    process = place.start("produce", "typed", stdin=subprocess.PIPE)
    for number in range(3):
        process.stdin.write(f"line {number}\nand the beginning of ".encode())
        process.stdin.flush()
        place_of = lambda: place.run("consume", "typed", "--exit").stdout.count("line ")  # noqa: E731
        wait_until(f"line {number}", lambda: place_of() == number + 1, WAIT_SECONDS_MAX)
    process.stdin.close()
    assert process.wait(WAIT_SECONDS_MAX) == 0
    values = place.good("consume", "typed", "--exit").splitlines()
    assert values == ["line 0", "and the beginning of line 1", "and the beginning of line 2", "and the beginning of "], values
    # A file is still sent in large batches: one that has all its lines is not waited for.
    many = "".join(f"{number}\n" for number in range(100_000))
    assert json.loads(place.good("produce", "many", "--json", text=many))["records"] == 100_000
    print("produce: lines arrive as they are typed", flush=True)


def a_reader_may_go_away(place):
    for flags in ((), ("--json",), ("--format", "%s\\n")):
        process = place.start("consume", "many", *flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(WAIT_SECONDS_MAX) == 0, process.stderr.read()
        assert process.stderr.read() == b"", "`consume … | head` is no mistake"
    with open("/dev/full", "w") as full:
        process = place.start("consume", "many", "--exit", stdout=full, stderr=subprocess.PIPE, text=True)
        told = process.communicate(timeout=WAIT_SECONDS_MAX)[1]
    assert process.returncode == 1 and "standard output" in told, told
    print("consume: ends when its reader goes away, and says what can't be written", flush=True)


def many_partitions_are_read_at_once(place):
    """A record in one of a hundred partitions is printed at once, not after each other was waited for."""
    place.good("topic", "create", "wide", "--partitions", 100)
    process = place.start("consume", "wide", "--count", 2, "--offset", "beginning", stdout=subprocess.PIPE)
    place.good("produce", "wide", "--partition", 7, text="first\n")
    assert process.stdout.readline() == b"first\n"
    began = time.monotonic()
    place.good("produce", "wide", "--partition", 6, text="second\n")
    assert process.stdout.readline() == b"second\n" and process.wait(WAIT_SECONDS_MAX) == 0
    took = time.monotonic() - began
    assert took < 5, f"{took:.1f} s for a record among 100 partitions"
    print(f"consume: a record among 100 partitions within {took:.2f} s", flush=True)


def what_is_not_there_is_named(place):
    place.good("topic", "create", "orders", "--partitions", 3)
    place.good("produce", "orders", text="a\nb\nc\n")
    reset = ("group", "reset-offsets", "shop")
    place.bad(*reset, "--topic", "orders:0,7", "--to-latest", "--execute", parts=["`orders`", "partition 7", "3"])
    place.bad("group", "list", "--state", "Sleeping", parts=["Sleeping", "Stable"])
    assert place.good("group", "list") == "", "a reset that is refused changes nothing"
    place.good(*reset, "--topic", "orders", "--to-datetime", "2026-01-31T12:00:00.000", "--execute")
    place.bad("group", "delete", "shop", "nobody", parts=["`nobody`"])
    assert place.good("group", "list") == "shop\n", "all or none are deleted"
    place.good("topic", "alter", "orders", "--config", "cleanup.policy=compact")
    place.bad("topic", "delete-records", "orders", "--before", -1, parts=["POLICY_VIOLATION", "compact,delete"])
    place.bad("topic", "delete", "nothing", parts=["UNKNOWN_TOPIC_OR_PARTITION"])
    place.bad("produce", "orders", place.data, parts=[str(place.data)])
    place.bad("produce", "orders", "--kafka", place.http, code=1, parts=["Kafka's protocol", place.http])
    read = place.run("consume", "orders", "--partition", 0, "--offset", 99, "--exit")
    assert read.returncode == 0 and "99" in read.stderr and "reading begins at" in read.stderr, read.stderr
    place.data, data = place.data / "nowhere", place.data
    place.bad("topic", "list", parts=["--kafka", "--data"])
    place.data = data
    print("topic, group, produce, consume: what is not there is named, and what to do", flush=True)


def members_are_shown_with_what_they_read(place, address):
    consumer = Consumer({"bootstrap.servers": address, "group.id": "shown", "auto.offset.reset": "earliest"})
    try:
        consumer.subscribe(["orders"])
        def joined():
            consumer.poll(0.1)
            return len(consumer.assignment()) == 3
        wait_until("it has joined", joined, WAIT_SECONDS_MAX)
        told = place.good("group", "describe", "shown", "--members", "--verbose")
        header, row = told.strip().splitlines()
        assert header.split()[-1] == "ASSIGNMENT" and row.endswith("orders(0,1,2)"), told
        assert "ASSIGNMENT" not in place.good("group", "describe", "shown", "--members")
        # What is deleted under a member is no reason to tell nothing of the group.
        place.good("topic", "delete", "orders")
        for group in ((), ("shown",)):
            told = place.run("group", "describe", *group)
            assert told.returncode == 0, told.stderr
        place.bad("group", "describe", "nobody", parts=["`nobody`"])
    finally:
        consumer.close()
    print("group: members with what they read", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="commands") as folder:
        data = pathlib.Path(folder) / "data"
        with Yeoul("serve", "--data", data, log=pathlib.Path(folder) / "log.txt") as yeoul:
            place = Place(data)
            place.http = yeoul.http.removeprefix("http://")
            each_line_arrives_when_it_is_typed(place)
            a_reader_may_go_away(place)
            many_partitions_are_read_at_once(place)
            what_is_not_there_is_named(place)
            members_are_shown_with_what_they_read(place, yeoul.kafka)
            assert yeoul.stop() == 0, "SIGTERM must end it cleanly"


if __name__ == "__main__":
    main()
