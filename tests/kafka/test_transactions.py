#!/usr/bin/env python3
"""Transactions with real clients: Java's producer (the path of KIP-890) and librdkafka's (the old one) side by side.

    tests/support/python tests/kafka/test_transactions.py [--transactions 100] [--kills 3] [--only NAME,…] [--reference]

What was committed is read once, what was aborted never, offsets move with the records; a zombie is fenced, what takes too
long is aborted, and a broker that is killed in the middle loses, tears and doubles nothing. Starts `yeoul serve`
(YEOUL_BIN) on a new data folder; `--reference` runs all but the kills against a real Kafka.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from kafka_reference import CACHE, KafkaReference, ROOT, free_port  # noqa: E402
from yeoul import Serving, Yeoul, wait_until  # noqa: E402

WAIT_SECONDS_MAX = 120
PARTITIONS = 3


def java_classes():
    subprocess.run([ROOT / "tools" / "kafka-reference" / "install"], check=True)
    folder = CACHE / "classes"
    source = HERE / "Transactions.java"
    compiled = folder / "Transactions.class"
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["javac", "-cp", f"{CACHE}/lib/*", "-d", folder, source], check=True)
    return folder


def java(*arguments, **options):
    command = ["java", "-Xmx512m", "-Dlog4j2.level=OFF", "-cp", f"{java_classes()}:{CACHE}/lib/*", "Transactions"]
    return subprocess.Popen([*command, *map(str, arguments)], stdout=subprocess.PIPE, text=True, **options)


def create(address, *topics, partitions=PARTITIONS):
    client = AdminClient({"bootstrap.servers": address})
    made = client.create_topics([NewTopic(topic, partitions, 1) for topic in topics])
    for future in made.values():
        future.result(WAIT_SECONDS_MAX)


def producer(address, transactional_id, **settings):
    own = {"bootstrap.servers": address, "transactional.id": transactional_id, "linger.ms": 0, "log_level": 0}
    made = Producer(own | {key.replace("_", "."): value for key, value in settings.items()})
    made.init_transactions(WAIT_SECONDS_MAX)
    return made


def reader(address, isolation, group="reader"):
    settings = {"bootstrap.servers": address, "group.id": group, "isolation.level": isolation, "enable.auto.commit": False}
    return Consumer(settings | {"auto.offset.reset": "earliest", "enable.partition.eof": True, "log_level": 0})


def read(address, topic, isolation="read_committed", partitions=PARTITIONS):
    """All values of a topic up to its end as a reader of that isolation sees it, by partition."""
    consumer = reader(address, isolation)
    consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
    found, ended = collections.defaultdict(list), set()
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while len(ended) < partitions:
        assert time.monotonic() < deadline, f"only {sorted(ended)} of `{topic}` ended"
        for message in consumer.consume(10_000, timeout=0.5):
            if message.error() is None:
                found[message.partition()].append(message.value().decode())
            else:
                ended.add(message.partition())
    consumer.close()
    return found


def flat(found):
    return [value for values in found.values() for value in values]


def check_whole(values, committed, unknown=()):
    """Each transaction's values, `client-number/partition`, are there once each or not at all."""
    counts = collections.Counter(values)
    doubled = [value for value, count in counts.items() if count > 1]
    assert not doubled, f"read twice: {doubled[:5]}"
    by_transaction = collections.Counter(value.split("/")[0] for value in values)
    torn = {name: count for name, count in by_transaction.items() if count != PARTITIONS}
    assert not torn, f"torn transactions: {dict(list(torn.items())[:5])}"
    lost = set(committed) - set(by_transaction)
    assert not lost, f"lost {len(lost)}: {sorted(lost)[:5]}"
    strange = set(by_transaction) - set(committed) - set(unknown)
    assert not strange, f"aborted, and read: {sorted(strange)[:5]}"


def side_by_side(address, args):
    """Java and librdkafka write to the same partitions at once; every third transaction is aborted."""
    create(address, "side")
    running = java(address, "produce", "side", "java-side", args.transactions)
    mine = producer(address, "rd-side")
    committed = []
    for number in range(args.transactions):
        mine.begin_transaction()
        for partition in range(PARTITIONS):
            mine.produce("side", f"rd-{number}/{partition}", partition=partition)
        if number % 3 == 2:
            mine.flush(WAIT_SECONDS_MAX)
            mine.abort_transaction(WAIT_SECONDS_MAX)
        else:
            mine.commit_transaction(WAIT_SECONDS_MAX)
            committed.append(f"rd-{number}")
    said, _ = running.communicate(timeout=WAIT_SECONDS_MAX)
    assert running.returncode == 0, f"java ended with {running.returncode}"
    committed += [line.split()[1] for line in said.splitlines() if line.startswith("committed ")]
    assert len(committed) > args.transactions, "both clients committed something"
    check_whole(flat(read(address, "side")), committed)
    everything = len(flat(read(address, "side", "read_uncommitted")))
    assert everything == 2 * args.transactions * PARTITIONS, f"{everything} records in all"


def java_reads_committed(address, args):
    """Java's consumer passes over what librdkafka aborted."""
    create(address, "by-java")
    mine = producer(address, "rd-by-java")
    for number in range(10):
        mine.begin_transaction()
        mine.produce("by-java", f"v{number}", partition=number % PARTITIONS)
        mine.flush(WAIT_SECONDS_MAX)
        (mine.commit_transaction if number % 2 == 0 else mine.abort_transaction)(WAIT_SECONDS_MAX)
    reading = java(address, "read", "by-java", 5)
    said, _ = reading.communicate(timeout=WAIT_SECONDS_MAX)
    assert reading.returncode == 0
    assert sorted(said.split()) == ["v0", "v2", "v4", "v6", "v8"], said


def zombie(address, args):
    """A second producer of the same transactional id fences the first, on both paths."""
    create(address, "zombie")
    first = producer(address, "rd-zombie")
    first.begin_transaction()
    first.produce("zombie", "by the zombie", partition=0)
    first.flush(WAIT_SECONDS_MAX)
    second = producer(address, "rd-zombie")
    try:
        first.commit_transaction(WAIT_SECONDS_MAX)
        raise AssertionError("the zombie committed")
    except KafkaException as fault:
        assert fault.args[0].fatal(), fault
    second.begin_transaction()
    second.produce("zombie", "by the heir", partition=0)
    second.commit_transaction(WAIT_SECONDS_MAX)
    running = java(address, "zombie", "zombie", "java-zombie")
    said, _ = running.communicate(timeout=WAIT_SECONDS_MAX)
    assert running.returncode == 0 and "fenced" in said, said
    assert flat(read(address, "zombie")) == ["by the heir", "by java's heir"]


def too_slow(address, args):
    """A transaction that is open for longer than its timeout is aborted, and its producer told so."""
    create(address, "slow")
    slow = producer(address, "rd-slow", transaction_timeout_ms=1500)
    slow.begin_transaction()
    slow.produce("slow", "too slow", partition=0)
    slow.flush(WAIT_SECONDS_MAX)
    consumer = reader(address, "read_committed")
    stable = lambda: consumer.get_watermark_offsets(TopicPartition("slow", 0), timeout=WAIT_SECONDS_MAX)[1] == 2  # noqa: E731
    wait_until("the transaction is aborted", stable, WAIT_SECONDS_MAX)
    try:
        slow.commit_transaction(WAIT_SECONDS_MAX)
        raise AssertionError("a transaction that was aborted is committed")
    except KafkaException:
        pass
    assert not flat(read(address, "slow"))


def copy(address, args):
    """Java copies from topic to topic with its offsets in the transaction, killed and begun again."""
    create(address, "copy-in", "copy-out")
    mine = producer(address, "rd-copy")
    total = 40 * args.transactions
    mine.begin_transaction()
    for number in range(total):
        mine.produce("copy-in", str(number), partition=number % PARTITIONS)
        mine.poll(0)
    mine.commit_transaction(WAIT_SECONDS_MAX)
    for _ in range(3):
        running = java(address, "copy", "copy-in", "copy-out", "java-copy", total)
        for line in running.stdout:
            if line.startswith("copied") and int(line.split()[1]) > total // 5:
                break
        running.kill()
        running.wait()
    running = java(address, "copy", "copy-in", "copy-out", "java-copy", total)
    running.communicate(timeout=WAIT_SECONDS_MAX)
    assert running.returncode == 0
    copied = sorted(map(int, flat(read(address, "copy-out"))))
    assert copied == list(range(total)), f"{len(copied)} of {total}, {len(set(copied))} different"


def admin(address, args):
    """Kafka's own tool sees producers and transactions."""
    create(address, "seen")
    open_one = producer(address, "rd-seen")
    open_one.begin_transaction()
    open_one.produce("seen", "x", partition=1)
    open_one.flush(WAIT_SECONDS_MAX)
    listed = tool(address, "list")
    assert any(line.split()[0] == "rd-seen" and "Ongoing" in line for line in listed), listed
    described = " ".join(tool(address, "describe", "--transactional-id", "rd-seen"))
    assert "seen-1" in described, described
    producers = " ".join(tool(address, "describe-producers", "--topic", "seen", "--partition", "1"))
    assert "CurrentTransactionStartOffset" in producers, producers
    if args.reference:
        # There an operator's abort is that of the one partition, and the producer goes on.
        open_one.abort_transaction(WAIT_SECONDS_MAX)
        return
    tool(address, "abort", "--topic", "seen", "--partition", "1", "--start-offset", "0")
    listed = tool(address, "list")
    assert not any("Ongoing" in line for line in listed if line.split()[0] == "rd-seen"), listed
    try:
        open_one.commit_transaction(WAIT_SECONDS_MAX)
    except KafkaException:
        return
    raise AssertionError("what an operator aborted was committed")


def tool(address, *arguments):
    done = kafka_tool("TransactionsCommand", "--bootstrap-server", address, *arguments)
    return [line for line in done.splitlines() if line.strip()]


def kafka_tool(name, *arguments):
    """One of Kafka's own tools; gives what it prints."""
    tools = ROOT / "tools" / "kafka-tools" / "install"
    subprocess.run([tools], check=True)
    classes = CACHE.parent / "kafka-tools" / "lib"
    command = ["java", "-Xmx256m", "-Dlog4j2.level=OFF", "-cp", f"{classes}/*", f"org.apache.kafka.tools.{name}"]
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=WAIT_SECONDS_MAX)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


FLINK = """
SET 'execution.checkpointing.interval' = '300 ms';
CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '{rows}', 'rows-per-second' = '4000',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '{last}');
CREATE TABLE written (n BIGINT) WITH ('connector' = 'kafka', 'topic' = 'flink', 'format' = 'json',
  'properties.bootstrap.servers' = '{address}', 'sink.delivery-guarantee' = 'exactly-once',
  'sink.transactional-id-prefix' = 'flink'{more});
INSERT INTO written SELECT n FROM numbers;
"""


def flink(address, args):
    """Flink's KafkaSink, exactly once: it resumes transactions by producer id and epoch from other connections."""
    for strategy in ["INCREMENTING", "POOLING"]:
        topic = f"flink-{strategy.lower()}"
        create(address, topic)
        rows = 40 * args.transactions
        more = f", 'sink.transaction-naming-strategy' = '{strategy}'"
        text = FLINK.format(address=address, rows=rows, last=rows - 1, more=more).replace("'flink'", f"'{topic}'")
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(text)
            file.flush()
            oracle = [ROOT / "tools" / "flink-oracle" / "oracle", "run", file.name]
            done = subprocess.run(oracle, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        numbers = [json.loads(value)["n"] for value in flat(read(address, topic))]
        assert sorted(numbers) == list(range(rows)), f"{len(numbers)} of {rows}, {len(set(numbers))} different"


def killed(args):
    """kill -9 in the middle of thousands of transactions of both clients."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        serve = lambda: Serving(folder, port)  # noqa: E731
        with contextlib.ExitStack() as stack:
            broker = stack.enter_context(serve())
            create(broker.kafka, "killed")
            rd, run = RdWriter(broker.kafka, "killed"), java(broker.kafka, "produce", "killed", "java-killed", 0)
            said = Lines(run)
            for _ in range(args.kills):
                target = said.committed() + args.transactions // 2, len(rd.committed) + args.transactions // 2
                busy = lambda: said.committed() >= target[0] and len(rd.committed) >= target[1]  # noqa: B023, E731
                wait_until(lambda: f"java {said.committed()}, librdkafka {len(rd.committed)}", busy, WAIT_SECONDS_MAX)
                broker.kill()
                broker = stack.enter_context(serve())
            target = said.committed() + 20, len(rd.committed) + 20
            wait_until(lambda: f"java {said.committed()}, librdkafka {len(rd.committed)}", busy, WAIT_SECONDS_MAX)
            rd.stop()
            run.kill()
            said.join()
            # What was in flight when the clients ended is aborted by their heirs.
            producer(broker.kafka, "rd-killed")
            producer(broker.kafka, "java-killed")
            committed = rd.committed + said.of("committed")
            unknown = rd.unknown + said.of("unknown") + said.of("trying")
            check_whole(flat(read(broker.kafka, "killed")), committed, unknown)
            print(f"   {len(committed)} committed over {args.kills} kills")


class Lines:
    """What a process says, as it says it."""

    def __init__(self, process):
        self.lines = []
        self.thread = threading.Thread(target=self._read, args=(process,), daemon=True)
        self.thread.start()

    def _read(self, process):
        for line in process.stdout:
            self.lines.append(line.strip())

    def of(self, word):
        return [line.split()[1] for line in list(self.lines) if line.startswith(word + " ")]

    def committed(self):
        return len(self.of("committed"))

    def join(self):
        self.thread.join(WAIT_SECONDS_MAX)


class RdWriter:
    """Transactions of librdkafka, one after the other, until it is stopped; a fatal fault gives a new producer."""

    def __init__(self, address, topic):
        self.address, self.topic = address, topic
        self.committed, self.unknown = [], []
        self.running, self.number = True, 0
        self.thread = threading.Thread(target=self._write, daemon=True)
        self.thread.start()

    def stop(self):
        self.running = False
        self.thread.join(WAIT_SECONDS_MAX)

    def _write(self):
        mine = None
        while self.running:
            try:
                mine = mine or producer(self.address, f"rd-{self.topic}", transaction_timeout_ms=60_000)
                self._one(mine)
            except KafkaException:
                mine = None

    def _one(self, mine):
        self.number += 1
        name = f"rd-{self.number}"
        mine.begin_transaction()
        for partition in range(PARTITIONS):
            mine.produce(self.topic, f"{name}/{partition}", partition=partition)
        if self.number % 3 == 0:
            mine.flush(WAIT_SECONDS_MAX)
            mine.abort_transaction(WAIT_SECONDS_MAX)
            return
        self.unknown.append(name)
        while True:
            try:
                mine.commit_transaction(WAIT_SECONDS_MAX)
                break
            except KafkaException as fault:
                if not fault.args[0].retriable():
                    if fault.args[0].txn_requires_abort():
                        # An abort that succeeds says that the commit did not happen.
                        mine.abort_transaction(WAIT_SECONDS_MAX)
                        self.unknown.remove(name)
                        return
                    raise
        self.committed.append(name)


CASES = {
    "side_by_side": side_by_side,
    "java_reads_committed": java_reads_committed,
    "zombie": zombie,
    "too_slow": too_slow,
    "flink": flink,
    "admin": admin,
}


def main():
    parser = argparse.ArgumentParser()
    slow = "YEOUL_SLOW" in os.environ
    parser.add_argument("--transactions", type=int, default=1000 if slow else 100)
    parser.add_argument("--kills", type=int, default=20 if slow else 3)
    parser.add_argument("--only", default="")
    parser.add_argument("--reference", action="store_true")
    args = parser.parse_args()
    wanted = args.only.split(",") if args.only else [*CASES, "killed"]
    with contextlib.ExitStack() as stack:
        if args.reference:
            address = stack.enter_context(KafkaReference()).address
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            address = stack.enter_context(Yeoul("serve", "--data", folder)).kafka
        for name, case in CASES.items():
            if name in wanted:
                began = time.monotonic()
                case(address, args)
                print(f"ok {name} {time.monotonic() - began:.1f} s", flush=True)
    if "killed" in wanted and not args.reference:
        began = time.monotonic()
        killed(args)
        print(f"ok killed {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
