#!/usr/bin/env python3
"""`yeoul feed` against listeners that ask who it is, by SASL and by TLS: what it needs, what it says when a right is missing or
is taken away while it runs, and that what is fed is there once, also when it is killed.

    tests/support/python tests/kafka/test_feed_rights.py
"""

import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, TopicPartition  # noqa: E402
from test_security import CANARY, LISTENERS, WAIT_SECONDS_MAX, command, listeners, make_certificates, settings  # noqa: E402
from yeoul import BINARY, Yeoul, wait_until  # noqa: E402

TOPIC = "landing.lines"
ID = f"yeoul-feed-{TOPIC}"
LINES = 20_000
FIRST = 1_700_000_000_000
KILLS = 4
KILL_DELAY_SECONDS = 0.4
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


def properties(folder, user, tls):
    path = folder / f"{user}-{'tls' if tls else 'plain'}.properties"
    lines = [
        f"security.protocol={'SASL_SSL' if tls else 'SASL_PLAINTEXT'}",
        "sasl.mechanism=SCRAM-SHA-256",
        f'sasl.jaas.config={SCRAM} required username="{user}" password="{CANARY}";',
    ]
    if tls:
        lines += ["ssl.truststore.type=PEM", f"ssl.truststore.location={folder}/ca.pem"]
    path.write_text("\n".join(lines) + "\n")
    return path


class Feeds:
    """Feeds of one file to one topic, as a user of a listener."""

    def __init__(self, folder, at):
        self.folder, self.at = folder, at
        self.file = folder / "lines.jsonl"
        self.file.write_text("".join(f'{{"n": {n}, "at": {FIRST + n}}}\n' for n in range(LINES)))

    def start(self, user, listener, *flags):
        config = properties(self.folder, user, tls=listener == "sasl-ssl")
        line = [BINARY, "feed", self.file, TOPIC, "--bootstrap-server", self.at[listener], "--command-config", config, *flags]
        return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, user, listener, *flags):
        process = self.start(user, listener, *flags)
        told, said = process.communicate(timeout=60)
        return process.returncode, told, said

    def refused(self, user, listener, *parts):
        code, told, said = self.run(user, listener)
        assert code == 1 and not told, f"{code}: {told}{said}"
        for part in (*parts, "yeoul acl add", ID, TOPIC):
            assert part in said, f"no `{part}` in: {said}"
        assert CANARY not in said and "panicked" not in said, said


def allow(data, *rule):
    command(data, "acl", "add", "--allow-principal", "User:feeder", *rule)


def what_is_missing_is_named(feeds, data):
    feeds.refused("feeder", "sasl", "TOPIC_AUTHORIZATION_FAILED")
    allow(data, "--producer", "--topic", TOPIC)
    feeds.refused("feeder", "sasl", "TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
    allow(data, "--operation", "Write", "--transactional-id", ID)
    # Nobody was there before it, so that a feed into an empty topic has nothing to read.
    code, _, said = feeds.run("stranger", "sasl")
    assert code == 1 and "SASL_AUTHENTICATION_FAILED" in said, said
    print("feed: each missing right is named, with the rule that gives it", flush=True)


def records(at, folder):
    """The topic's records, as a super user sees them."""
    config = settings(at["sasl-ssl"], "SCRAM-SHA-256", "admin", CANARY, folder)
    consumer = Consumer(config | {"group.id": "feed-rights", "enable.auto.commit": False})
    try:
        _, end = consumer.get_watermark_offsets(TopicPartition(TOPIC, 0), timeout=WAIT_SECONDS_MAX)
        consumer.assign([TopicPartition(TOPIC, 0, 0)])
        values, deadline = [], time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            # Markers of the transactions that fence a feed take offsets, too.
            if consumer.position([TopicPartition(TOPIC, 0)])[0].offset >= end:
                return values
            message = consumer.poll(1)
            if message is not None:
                assert message.error() is None, message.error()
                values.append(message.value().decode())
        raise AssertionError(f"{len(values)} records, and not the end, {end}")
    finally:
        consumer.close()


def it_goes_on_where_it_was_killed(feeds, data, at, folder):
    for _ in range(KILLS):
        process = feeds.start("feeder", "sasl", "--time-field", "at", "--speed", "6")
        time.sleep(KILL_DELAY_SECONDS)
        process.kill()
        process.communicate()
    held = len(records(at, folder))
    assert 0 < held < LINES, f"{held} records after {KILLS} kills"
    # A second one reads what the topic ends with.
    feeds.refused("feeder", "sasl", "TOPIC_AUTHORIZATION_FAILED")
    allow(data, "--operation", "Read", "--topic", TOPIC)
    code, told, said = feeds.run("feeder", "sasl-ssl", "--json")
    assert code == 0, said
    assert records(at, folder) == feeds.file.read_text().splitlines(), "each line once, in order"
    print(f"feed: killed {KILLS} times over SASL, ended over TLS: {told.strip()}", flush=True)


def a_right_that_is_taken_away_ends_it(feeds, data, at, folder):
    with feeds.file.open("a") as lines:
        lines.writelines(f'{{"n": {n}, "at": {FIRST + n}}}\n' for n in range(LINES, 2 * LINES))
    before = len(records(at, folder))
    process = feeds.start("feeder", "sasl", "--time-field", "at", "--speed", "1")
    wait_until("it sends", lambda: len(records(at, folder)) > before or process.poll() is not None, WAIT_SECONDS_MAX)
    assert process.poll() is None, process.communicate()
    command(data, "acl", "delete", "--principal", "User:feeder", "--topic", TOPIC, "--operation", "Write")
    told, said = process.communicate(timeout=WAIT_SECONDS_MAX)
    assert process.returncode == 1 and "TOPIC_AUTHORIZATION_FAILED" in said and "yeoul acl add" in said, f"{told}{said}"
    print("feed: a right that is taken away while it runs ends it, and is named", flush=True)


def main():
    with tempfile.TemporaryDirectory(prefix="feed-rights") as name:
        folder = pathlib.Path(name)
        make_certificates(folder)
        (folder / "yeoul.toml").write_text(LISTENERS)
        log, data = folder / "log.txt", folder / "data"
        with Yeoul("run", folder, "--data", data, log=log) as yeoul:
            at = listeners(log)
            for user in ("feeder", "admin"):
                command(data, "user", "add", user, text=CANARY + "\n")
            feeds = Feeds(folder, at)
            what_is_missing_is_named(feeds, data)
            it_goes_on_where_it_was_killed(feeds, data, at, folder)
            a_right_that_is_taken_away_ends_it(feeds, data, at, folder)
            assert yeoul.stop() == 0, "SIGTERM must end it cleanly"


if __name__ == "__main__":
    main()
