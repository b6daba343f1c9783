#!/usr/bin/env python3
"""`yeoul feed` killed ten times goes on behind the last record that the topic holds: no line is lost or sent twice.

    tests/support/python tests/flights/feed.py [--reference]

With `--reference` the feeds that are killed write to a real Kafka broker.
"""

import contextlib
import random
import subprocess
import sys
import tempfile
import time
import pathlib

from expected import DATA
from kafka_io import end_offset, records_of_partition
from kafka_reference import KafkaReference
from yeoul import BINARY, Yeoul

KILLS = 10
KILL_DELAY_SECONDS = (0.2, 0.9)
TOPIC = "landing.airport.departures"
SHARES = ("--duplicates", "0.01", "--malformed", "0.005", "--seed", "7")


def feed(address, *flags):
    command = [BINARY, "feed", DATA / "departures.jsonl", TOPIC, "--kafka", address, *SHARES, *flags]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def killed_feeds(address):
    """Returns how many kills left the topic partly filled."""
    chance, inside, filled = random.Random(8), 0, 0
    for _ in range(KILLS):
        process = feed(address, "--time-field", "reported", "--speed", "300000")
        time.sleep(chance.uniform(*KILL_DELAY_SECONDS))
        process.kill()
        process.wait()
        now = end_offset(address, TOPIC)
        assert now >= filled, f"{filled} records were there, {now} are left"
        inside, filled = inside + (filled < now), now
    return inside


@contextlib.contextmanager
def broker(folder, name, reference):
    if reference:
        with KafkaReference(["offsets.topic.num.partitions=1", "transaction.state.log.num.partitions=1"]) as kafka:
            yield kafka.address
    else:
        with Yeoul("serve", "--data", folder / name, log=folder / f"{name}.log") as yeoul:
            yield yeoul.kafka


def records(folder, name, kill, reference=False):
    with broker(folder, name, reference) as address:
        inside = killed_feeds(address) if kill else 0
        assert feed(address, "--speed", "max").wait(120) == 0, "the feed must reach the end"
        return inside, [message.value() for message in records_of_partition(address, TOPIC)]


def main():
    with tempfile.TemporaryDirectory(prefix="feed") as folder:
        _, undisturbed = records(pathlib.Path(folder), "undisturbed", kill=False)
        inside, killed = records(pathlib.Path(folder), "killed", kill=True, reference="--reference" in sys.argv)
    assert inside >= KILLS // 2, f"only {inside} kills struck while records were sent"
    assert killed == undisturbed, f"{len(killed)} records instead of {len(undisturbed)}, or others"
    lines = (DATA / "departures.jsonl").read_bytes().splitlines()
    assert len(undisturbed) > len(lines) and set(lines) <= set(undisturbed)
    print(f"feed: {len(killed)} records, the same after {KILLS} kills, {inside} of them while sending")


if __name__ == "__main__":
    main()
