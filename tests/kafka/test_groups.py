#!/usr/bin/env python3
"""Consumer groups with real clients: nothing skipped, committed offsets never go back, also over kill -9.

    tests/support/python tests/kafka/test_groups.py [--clients confluent,…] [--address HOST:PORT | --reference]

Per client and way to assign: one consumer reads and commits, a second one joins, the first leaves, the second finishes; the group
then stands at the end of each partition. Without an address it starts `yeoul serve` (YEOUL_BIN) on a new data folder;
`--reference` takes a real Kafka, which answers the same script.
"""

import argparse
import asyncio
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

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
import kafkajs  # noqa: E402
from kafka_reference import CACHE, KafkaReference, ROOT, free_port  # noqa: E402
from yeoul import BINARY, Yeoul  # noqa: E402

PARTITIONS = 6
RECORDS = 600
WAIT_SECONDS_MAX = 60


def fresh(name):
    return f"{name}.{time.time_ns() // 1_000}"


def fill(address, topic, records=RECORDS):
    """A topic whose record n is in partition n % PARTITIONS, with the text n."""
    admin = AdminClient({"bootstrap.servers": address})
    for done in admin.create_topics([NewTopic(topic, PARTITIONS, 1)]).values():
        done.result(WAIT_SECONDS_MAX)
    send(address, topic, range(records))


def send(address, topic, numbers):
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True})
    for number in numbers:
        producer.produce(topic, str(number).encode(), partition=number % PARTITIONS)
    assert producer.flush(WAIT_SECONDS_MAX) == 0


class Seen:
    """What consumers read, by record."""

    def __init__(self):
        self.times = collections.Counter()

    def add(self, value):
        self.times[int(value)] += 1

    def check(self, records=RECORDS):
        missing = [number for number in range(records) if not self.times[number]]
        assert not missing, f"{len(missing)} records were skipped, {missing[:5]} first"


def committed(address, group, topic):
    """Where the group stands, as the admin API says it."""
    admin = AdminClient({"bootstrap.servers": address})
    answer = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(WAIT_SECONDS_MAX)
    return {it.partition: it.offset for it in answer.topic_partitions if it.topic == topic}


def at_end(records=RECORDS):
    return {partition: records // PARTITIONS for partition in range(PARTITIONS)}


def until(what, condition, seconds=WAIT_SECONDS_MAX):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s"
        time.sleep(0.02)


# confluent-kafka-python (librdkafka)


def confluent_consumer(address, group, more):
    settings = {"bootstrap.servers": address, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False}
    if more.get("group.protocol") != "consumer":
        settings["session.timeout.ms"] = 6000
    return Consumer(settings | more)


def read_some(consumer, seen, wanted=None, seconds=WAIT_SECONDS_MAX, done=None):
    """Reads and commits until so many records came, or `done` says so."""
    deadline, count = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        for message in consumer.consume(50, timeout=0.1):
            if message.error():
                raise KafkaException(message.error())
            seen.add(message.value())
            count += 1
        if count:
            with contextlib.suppress(KafkaException):
                # A rebalance may fence a commit: what it meant is read again.
                consumer.commit(asynchronous=False)
        if (wanted is not None and count >= wanted) or (done and done()):
            return count
    raise AssertionError(f"read {count} of {wanted} within {seconds} s; assigned {consumer.assignment()}")


def confluent_pair(address, name, more):
    topic, group = fresh(f"groups-{name}"), fresh(f"group-{name}")
    fill(address, topic)
    seen = Seen()
    first = confluent_consumer(address, group, more)
    first.subscribe([topic])
    read_some(first, seen, wanted=100)
    assert len(first.assignment()) == PARTITIONS, first.assignment()
    second = confluent_consumer(address, group, more)
    second.subscribe([topic])

    def shared():
        return len(first.assignment()) == len(second.assignment()) == PARTITIONS // 2

    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not shared():
        assert time.monotonic() < deadline, f"{first.assignment()} and {second.assignment()}"
        for consumer in (first, second):
            for message in consumer.consume(10, timeout=0.1):
                assert message.error() is None, message.error()
                seen.add(message.value())
    halves = [{it.partition for it in consumer.assignment()} for consumer in (first, second)]
    assert not halves[0] & halves[1], f"both have {halves[0] & halves[1]}"
    with contextlib.suppress(KafkaException):
        first.commit(asynchronous=False)
    first.close()
    read_some(second, seen, done=lambda: committed(address, group, topic) == at_end())
    second.close()
    seen.check()
    admin = AdminClient({"bootstrap.servers": address})
    states = admin.describe_consumer_groups([group])[group].result(WAIT_SECONDS_MAX)
    assert states.state.name == "EMPTY", states.state


def confluent_static(address):
    topic, group = fresh("groups-static"), fresh("group-static")
    fill(address, topic)
    seen = Seen()

    def member(name):
        return confluent_consumer(address, group, {"group.instance.id": name, "session.timeout.ms": 30_000})

    one, two = member("one"), member("two")
    rebalances = []
    one.subscribe([topic], on_assign=lambda _, parts: rebalances.append(len(parts)))
    two.subscribe([topic])
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while not (len(one.assignment()) == len(two.assignment()) == PARTITIONS // 2):
        assert time.monotonic() < deadline
        for consumer in (one, two):
            for message in consumer.consume(10, timeout=0.1):
                seen.add(message.value())
    before = list(rebalances)
    had = {it.partition for it in two.assignment()}
    two.close()  # A static member does not leave when it is closed.
    again = member("two")
    again.subscribe([topic])
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while {it.partition for it in again.assignment()} != had:
        assert time.monotonic() < deadline, again.assignment()
        for consumer in (one, again):
            for message in consumer.consume(10, timeout=0.1):
                seen.add(message.value())
    assert rebalances == before, f"a static member that came back made others rebalance: {rebalances}"
    one.close()
    again.close()


def confluent_metadata(address):
    topic, group = fresh("groups-metadata"), fresh("group-metadata")
    fill(address, topic, PARTITIONS)
    consumer = confluent_consumer(address, group, {})
    places = [TopicPartition(topic, 0, 1, metadata="여울 1"), TopicPartition(topic, 1, 0, metadata="")]
    consumer.commit(offsets=places, asynchronous=False)
    found = consumer.committed([TopicPartition(topic, 0), TopicPartition(topic, 1), TopicPartition(topic, 2)], timeout=10)
    assert [(it.offset, it.metadata or "") for it in found] == [(1, "여울 1"), (0, ""), (-1001, "")], found
    long = [TopicPartition(topic, 0, 1, metadata="x" * 5000)]
    try:
        consumer.commit(offsets=long, asynchronous=False)
        raise AssertionError("a note of 5000 bytes was taken")
    except KafkaException as fault:
        assert fault.args[0].code() == KafkaError.OFFSET_METADATA_TOO_LARGE, fault
    consumer.close()


def confluent_admin(address):
    topic, group = fresh("groups-admin"), fresh("group-admin")
    fill(address, topic)
    admin = AdminClient({"bootstrap.servers": address})
    offsets = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, number, 7) for number in range(PARTITIONS)])
    admin.alter_consumer_group_offsets([offsets])[group].result(WAIT_SECONDS_MAX)
    assert committed(address, group, topic) == dict.fromkeys(range(PARTITIONS), 7)
    listed = admin.list_consumer_groups().result(WAIT_SECONDS_MAX).valid
    assert group in {it.group_id for it in listed}
    consumer = confluent_consumer(address, group, {})
    consumer.subscribe([topic])
    seen = Seen()
    read_some(consumer, seen, wanted=1)
    assert 0 not in seen.times, "it begins where the group stands"
    described = admin.describe_consumer_groups([group])[group].result(WAIT_SECONDS_MAX)
    assert described.state.name == "STABLE" and len(described.members) == 1, described.state
    assert len(described.members[0].assignment.topic_partitions) == PARTITIONS
    refused = expect_fault(lambda: admin.delete_consumer_groups([group])[group].result(WAIT_SECONDS_MAX))
    assert refused == KafkaError.NON_EMPTY_GROUP, refused
    # Someone else's commit into a group with members is refused.
    stranger = confluent_consumer(address, group, {})
    refused = expect_fault(lambda: stranger.commit(offsets=[TopicPartition(topic, 0, 1)], asynchronous=False))
    assert refused == KafkaError.UNKNOWN_MEMBER_ID, refused
    stranger.close()
    consumer.close()
    admin.delete_consumer_groups([group])[group].result(WAIT_SECONDS_MAX)
    assert committed(address, group, topic) == {} or set(committed(address, group, topic).values()) == {-1001}
    listed = admin.list_consumer_groups().result(WAIT_SECONDS_MAX).valid
    assert group not in {it.group_id for it in listed}


def expect_fault(act):
    try:
        act()
    except KafkaException as fault:
        return fault.args[0].code()
    raise AssertionError("it was not refused")


def with_confluent(address):
    for strategy in ("range", "roundrobin", "cooperative-sticky"):
        yield strategy, lambda strategy=strategy: confluent_pair(address, strategy, {"partition.assignment.strategy": strategy})
    for assignor in ("uniform", "range"):
        more = {"group.protocol": "consumer", "group.remote.assignor": assignor}
        yield f"consumer-{assignor}", lambda assignor=assignor, more=more: confluent_pair(address, f"848-{assignor}", more)
    yield "pattern", lambda: confluent_pattern(address)
    yield "static", lambda: confluent_static(address)
    yield "metadata", lambda: confluent_metadata(address)
    yield "admin", lambda: confluent_admin(address)
    for strategy in ("range", "cooperative-sticky"):
        yield f"migration-{strategy}", lambda strategy=strategy: confluent_migration(address, strategy)


def confluent_pattern(address):
    """KIP-848: the server matches the pattern, also against a topic that comes later."""
    prefix, group = fresh("pattern"), fresh("group-pattern")
    fill(address, f"{prefix}.one", PARTITIONS)
    consumer = confluent_consumer(address, group, {"group.protocol": "consumer"})
    consumer.subscribe([f"^{prefix}.*"])
    seen = Seen()
    read_some(consumer, seen, wanted=PARTITIONS)
    fill(address, f"{prefix}.two", PARTITIONS)
    read_some(consumer, seen, wanted=PARTITIONS)
    assert set(seen.times.values()) == {2}, seen.times
    consumer.close()


class Owners:
    """Who owns which partition, as the members' callbacks say."""

    def __init__(self):
        self.lock, self.owners, self.faults = threading.Lock(), {}, []

    def assigned(self, name, partitions):
        with self.lock:
            for partition in partitions:
                other = self.owners.setdefault(partition, name)
                if other != name:
                    self.faults.append(f"partition {partition} has owners {other} and {name}")

    def revoked(self, name, partitions):
        with self.lock:
            for partition in partitions:
                if self.owners.get(partition) == name:
                    del self.owners[partition]

    def shares(self):
        with self.lock:
            return sorted(collections.Counter(self.owners.values()).values())


class Member(threading.Thread):
    """Reads and commits until it is told to leave."""

    def __init__(self, address, topic, group, more, owners, seen):
        super().__init__(daemon=True)
        self.topic, self.owners, self.seen, self.told = topic, owners, seen, threading.Event()
        self.consumer = confluent_consumer(address, group, more)
        self.start()

    def run(self):
        numbers = lambda partitions: [it.partition for it in partitions]  # noqa: E731
        took = lambda _, partitions: self.owners.assigned(self.name, numbers(partitions))  # noqa: E731
        gave = lambda _, partitions: self.owners.revoked(self.name, numbers(partitions))  # noqa: E731
        self.consumer.subscribe([self.topic], on_assign=took, on_revoke=gave, on_lost=gave)
        while not self.told.is_set():
            messages = [it for it in self.consumer.consume(20, timeout=0.1) if it.error() is None]
            for message in messages:
                self.seen.add(message.value())
            if messages:
                with contextlib.suppress(KafkaException):
                    self.consumer.commit(asynchronous=False)
        self.consumer.close()

    def leave(self):
        self.told.set()
        self.join(WAIT_SECONDS_MAX)
        assert not self.is_alive(), "it does not end"


def group_type(address, group):
    admin = AdminClient({"bootstrap.servers": address})
    listed = admin.list_consumer_groups().result(WAIT_SECONDS_MAX)
    assert not listed.errors, listed.errors
    return next((it.type.name for it in listed.valid if it.group_id == group), None)


def confluent_migration(address, strategy, count=3):
    """KIP-848: a group's members are started anew one by one with the new protocol, and one by one with the old one again."""
    topic, group = fresh("groups-migration"), fresh("group-migration")
    fill(address, topic)
    seen, owners, total = Seen(), Owners(), RECORDS
    kinds = {"classic": {"partition.assignment.strategy": strategy, "heartbeat.interval.ms": 300}, "consumer": {"group.protocol": "consumer"}}
    member = lambda kind: Member(address, topic, group, kinds[kind], owners, seen)  # noqa: E731
    members = [member("classic") for _ in range(count)]
    even = [PARTITIONS // count] * count
    until("the members share", lambda: owners.shares() == even)
    for kind in ("consumer", "classic"):
        for number in range(count):
            until("all is read", lambda: len(seen.times) == total and committed(address, group, topic) == at_end(total))
            members[number].leave()
            members[number] = member(kind)
            until(f"the members share, {number + 1} of them with the {kind} protocol", lambda: owners.shares() == even)
            send(address, topic, range(total, total + 60))
            total += 60
        found = group_type(address, group)
        assert found == kind.upper(), found
    until("all is read", lambda: len(seen.times) == total and committed(address, group, topic) == at_end(total))
    for one in members:
        one.leave()
    assert not owners.faults, owners.faults
    again = [number for number, times in seen.times.items() if times > 1]
    assert not again, f"{len(again)} records were read again, {again[:5]} first"


# aiokafka


def with_aiokafka(address):
    yield "roundrobin", lambda: asyncio.run(aiokafka_pair(address))


async def aiokafka_pair(address):
    from aiokafka import AIOKafkaConsumer

    topic, group = fresh("groups-aiokafka"), fresh("group-aiokafka")
    fill(address, topic)
    seen = Seen()

    def consumer():
        return AIOKafkaConsumer(
            topic, bootstrap_servers=address, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
            session_timeout_ms=6000, heartbeat_interval_ms=500,
        )

    async def read(one, until_done):
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not until_done():
            assert time.monotonic() < deadline
            batches = await one.getmany(timeout_ms=100, max_records=20)
            for message in (message for batch in batches.values() for message in batch):
                seen.add(message.value)
            if batches:
                with contextlib.suppress(Exception):
                    await one.commit()

    first, second = consumer(), consumer()
    await first.start()
    await read(first, lambda: len(seen.times) >= 100)
    await second.start()
    shared = lambda: len(first.assignment()) == len(second.assignment()) == PARTITIONS // 2  # noqa: E731
    await asyncio.gather(read(first, shared), read(second, shared))
    await first.stop()
    await read(second, lambda: committed(address, group, topic) == at_end())
    await second.stop()
    seen.check()


# kafka-python


def with_kafka_python(address):
    yield "range", lambda: kafka_python_pair(address)


def kafka_python_pair(address):
    from kafka import KafkaConsumer

    topic, group = fresh("groups-kafka-python"), fresh("group-kafka-python")
    fill(address, topic)
    seen, stop = Seen(), threading.Event()
    assigned = {}

    def run(name, until_done):
        consumer = KafkaConsumer(
            topic, bootstrap_servers=address, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
            session_timeout_ms=6000, heartbeat_interval_ms=500,
        )
        try:
            while not stop.is_set() and not until_done():
                batches = consumer.poll(timeout_ms=100, max_records=20)
                for message in (message for batch in batches.values() for message in batch):
                    seen.add(message.value)
                if batches:
                    with contextlib.suppress(Exception):
                        consumer.commit()
                assigned[name] = len(consumer.assignment())
        finally:
            consumer.close()

    leave = threading.Event()
    first = threading.Thread(target=run, args=("first", leave.is_set), daemon=True)
    first.start()
    until("the first reads", lambda: len(seen.times) >= 100)
    done = lambda: leave.is_set() and committed(address, group, topic) == at_end()  # noqa: E731
    second = threading.Thread(target=run, args=("second", done), daemon=True)
    second.start()
    try:
        until("they share", lambda: assigned.get("first") == assigned.get("second") == PARTITIONS // 2)
        leave.set()
        second.join(WAIT_SECONDS_MAX)
        assert not second.is_alive(), f"the group stands at {committed(address, group, topic)}"
    finally:
        stop.set()
        leave.set()
    first.join(WAIT_SECONDS_MAX)
    seen.check()


# Programs in other languages: `PROGRAM ADDRESS TOPIC GROUP RECORDS PROTOCOL` runs the same scene, and prints what it read.


def with_java(address):
    for protocol in ("classic", "cooperative", "consumer"):
        yield protocol, lambda protocol=protocol: run_program(address, "java", java_command("Groups"), protocol)
    for protocol in ("classic", "cooperative"):
        yield f"migration-{protocol}", lambda protocol=protocol: java_migration(address, protocol)


def java_migration(address, protocol):
    seen = run_program(address, "java-migration", java_command("Migration"), protocol)
    again = [number for number, times in seen.times.items() if times > 1]
    assert not again, f"{len(again)} records were read again, {again[:5]} first"


def java_command(program):
    subprocess.run([ROOT / "tools" / "kafka-reference" / "install"], check=True)
    folder, source = CACHE / "classes", HERE / f"{program}.java"
    compiled = folder / f"{program}.class"
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["javac", "-cp", f"{CACHE}/lib/*", "-d", folder, source], check=True)
    return ["java", "-Xmx256m", "-Dlog4j2.level=OFF", "-cp", f"{folder}:{CACHE}/lib/*", program]


def with_kafkajs(address):
    yield "roundrobin", lambda: run_program(address, "kafkajs", kafkajs_command(), "classic")


def kafkajs_command():
    os.environ.update(kafkajs.environment())
    return ["node", HERE / "groups.js"]


def with_franz_go(address):
    for protocol in ("classic", "cooperative", "consumer"):
        yield protocol, lambda protocol=protocol: run_program(address, "franz-go", franz_go_command(), protocol)


def franz_go_command():
    binary = CACHE.parent / "franz-go" / "groups"
    source = HERE / "franz-go"
    if not binary.exists() or binary.stat().st_mtime < (source / "groups.go").stat().st_mtime:
        binary.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["go", "build", "-o", binary, "."], cwd=source, check=True)
    return [binary]


def run_program(address, name, command, protocol):
    topic, group = fresh(f"groups-{name}"), fresh(f"group-{name}-{protocol}")
    fill(address, topic)
    done = subprocess.run(
        [*command, address, topic, group, str(RECORDS), protocol], capture_output=True, text=True, timeout=3 * WAIT_SECONDS_MAX
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    seen = Seen()
    for line in done.stdout.splitlines():
        seen.add(line)
    seen.check()
    assert committed(address, group, topic) == at_end(), committed(address, group, topic)
    return seen


# yeoul group


def with_command_line(address):
    yield "all", lambda: command_line(address)


def yeoul_group(address, *arguments):
    done = subprocess.run([BINARY, "group", *arguments, "--kafka", address], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def command_line(address):
    topic, group = fresh("groups-cli"), fresh("group-cli")
    fill(address, topic)
    consumer = confluent_consumer(address, group, {"client.id": "teller"})
    consumer.subscribe([topic])
    seen = Seen()
    read_some(consumer, seen, wanted=RECORDS)
    code, out, _ = yeoul_group(address, "list")
    assert code == 0 and group in out.splitlines(), out
    code, out, _ = yeoul_group(address, "describe", group)
    lines = [line.split() for line in out.splitlines() if line]
    assert lines[0][:6] == ["GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG"], out
    assert len(lines) == 1 + PARTITIONS and lines[1][:6] == [group, topic, "0", "100", "100", "0"], out
    assert lines[1][8] == "teller", out
    _, out, _ = yeoul_group(address, "describe", group, "--members")
    assert out.split()[-1] == str(PARTITIONS), out
    _, out, _ = yeoul_group(address, "describe", group, "--state")
    assert out.split()[-2:] == ["Stable", "1"], out
    code, _, err = yeoul_group(address, "delete", group)
    assert code == 2 and "not empty" in err, err
    code, _, err = yeoul_group(address, "reset-offsets", group, "--topic", topic, "--to-earliest", "--execute")
    assert code == 2 and "stop its members" in err, err
    consumer.close()
    _, out, err = yeoul_group(address, "reset-offsets", group, "--topic", f"{topic}:0,1", "--shift-by", "-10")
    assert [line.split()[3] for line in out.splitlines() if topic in line] == ["90", "90"] and "--execute" in err, out + err
    assert committed(address, group, topic) == at_end()
    yeoul_group(address, "reset-offsets", group, "--topic", f"{topic}:0,1", "--shift-by", "-10", "--execute")
    assert committed(address, group, topic) == at_end() | {0: 90, 1: 90}
    _, out, _ = yeoul_group(address, "describe", group, "--json")
    told = json.loads(out)[0]
    assert [it["lag"] for it in told["partitions"]] == [10, 10, 0, 0, 0, 0] and told["state"] == "Empty", told
    # Records that go before they are read are explained.
    subprocess.run([BINARY, "topic", "delete-records", topic, "--partition", "0", "--before", "95", "--kafka", address], check=True, stdout=subprocess.DEVNULL)
    _, _, err = yeoul_group(address, "describe", group)
    assert "5 records from offset 90 on went unread" in err, err
    code, out, _ = yeoul_group(address, "delete-offsets", group, "--topic", f"{topic}:0")
    assert code == 0 and out.split()[-1] == "Successful", out
    assert 0 not in committed(address, group, topic)
    code, out, _ = yeoul_group(address, "delete", group)
    assert code == 0 and out == f"Deletion of requested consumer groups ('{group}') was successful.\n", out
    code, _, err = yeoul_group(address, "describe", group)
    assert code == 2 and "doesn't exist" in err, err


# kill -9


def with_kill(_):
    for protocol in ("classic", "consumer"):
        yield protocol, lambda protocol=protocol: kill_in_the_middle(protocol)


class OnPort(Yeoul):
    """A platform that comes back under the same address."""

    def __init__(self, data, port, log):
        super().__init__("serve", "--data", data, log=log)
        self.command[self.command.index("127.0.0.1:0")] = f"127.0.0.1:{port}"


def kill_in_the_middle(protocol, kills=5):
    """Consumers commit while the broker is killed again and again: what was acknowledged is never taken back."""
    with tempfile.TemporaryDirectory(prefix="groups-kill") as folder:
        folder, port = pathlib.Path(folder), free_port()
        data, log, address = folder / "data", folder / "log", f"127.0.0.1:{port}"
        topic, group, seen = "killed", "survivors", Seen()
        with OnPort(data, port, log):
            fill(address, topic)
        acknowledged, stop, faults = {}, threading.Event(), []

        def consume():
            consumer = confluent_consumer(address, group, {"group.protocol": protocol})
            consumer.subscribe([topic])
            try:
                while not stop.is_set():
                    for message in consumer.consume(5, timeout=0.1):
                        if message.error() is None:
                            seen.add(message.value())
                    with contextlib.suppress(KafkaException):
                        for it in consumer.commit(asynchronous=False) or []:
                            if it.error is None and it.offset >= 0:
                                if it.offset < acknowledged.get(it.partition, 0):
                                    faults.append(f"partition {it.partition} went back to {it.offset}")
                                acknowledged[it.partition] = it.offset
                    time.sleep(0.01)
            finally:
                consumer.close()

        thread = threading.Thread(target=consume, daemon=True)
        total = RECORDS
        for _ in range(kills):
            with OnPort(data, port, log) as yeoul:
                found = committed(address, group, topic) if acknowledged else {}
                lost = {number: offset for number, offset in acknowledged.items() if found.get(number, -1) < offset}
                assert not lost, f"acknowledged {lost}, and the group stands at {found}"
                if not thread.is_alive():
                    thread.start()
                send(address, topic, range(total, total + 300))
                total += 300
                before = sum(acknowledged.values())
                until("commits go on", lambda: sum(acknowledged.values()) > before)
                yeoul.kill()
        with OnPort(data, port, log):
            until("the group comes to the end", lambda: committed(address, group, topic) == at_end(total))
            stop.set()
            thread.join(WAIT_SECONDS_MAX)
            assert not thread.is_alive(), "the consumer does not close"
        assert not faults, faults
        seen.check(total)


CLIENTS = {
    "confluent": with_confluent,
    "aiokafka": with_aiokafka,
    "kafka-python": with_kafka_python,
    "java": with_java,
    "kafkajs": with_kafkajs,
    "franz-go": with_franz_go,
    "command-line": with_command_line,
    "kill": with_kill,
}


@contextlib.contextmanager
def broker(options):
    if options.address:
        yield options.address
    elif options.reference:
        with KafkaReference() as kafka:
            yield kafka.address
    else:
        with tempfile.TemporaryDirectory(prefix="groups") as folder:
            log = pathlib.Path(folder) / "yeoul.log"
            with Yeoul("serve", "--data", pathlib.Path(folder) / "data", log=log) as yeoul:
                yield yeoul.kafka
                assert yeoul.stop() == 0, "SIGTERM must end it cleanly"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", default=",".join(CLIENTS))
    parser.add_argument("--only", help="a scene by its name")
    parser.add_argument("--address")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    with broker(options) as address:
        for client in options.clients.split(","):
            for scene, run in CLIENTS[client](address):
                if options.only in (None, scene):
                    began = time.monotonic()
                    run()
                    print(f"{client:12} {scene:18} ok, {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
