#!/usr/bin/env python3
"""Debezium's embedded engine with its offsets and its schema history in Yeoul, over kill -9 of both.

    tests/support/python tools/kafka-clients/debezium.py [postgres mariadb]

The engine captures a table of a real database and writes each change to a topic. Killed after its snapshot, it must go
on where it was: every change is in the topic, and no row is taken by a second snapshot. The history of MariaDB's schema
(`KafkaSchemaHistory`) has to be there, too, or the engine refuses to start; a column that is added while the engine
is down has to be seen. Needs PostgreSQL and MariaDB (apt: postgresql mariadb-server) and Maven.
"""

import argparse
import contextlib
import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "tools" / "kafka-clients"))

from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType  # noqa: E402
from databases import MariaDb, Postgres  # noqa: E402
from kafka_io import values_of_partition  # noqa: E402
from kafka_reference import free_port  # noqa: E402
from yeoul import Serving, wait_until  # noqa: E402

SECONDS_MAX = 120
ROWS = 500


class Engine:
    """A run of the engine; each event's key in the topic is the run's name."""

    def __init__(self, folder, database, address, name):
        settings = {
            "name": "orders", "topic.prefix": "shop", "bootstrap.servers": address, "converter.schemas.enable": "false",
            "offset.storage": "org.apache.kafka.connect.storage.KafkaOffsetBackingStore", "offset.storage.topic": "debezium-offsets",
            "offset.storage.partitions": 1, "offset.storage.replication.factor": 1, "offset.flush.interval.ms": 100,
            "schema.history.internal.kafka.bootstrap.servers": address, "schema.history.internal.kafka.topic": "debezium-history",
            "poll.interval.ms": 50, "errors.max.retries": -1, "include.schema.changes": "false",
        } | database.settings()
        self.properties = folder / "engine.properties"
        self.properties.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        self.log = (folder / f"engine-{name}.log").open("wb")
        self.name = name

    def __enter__(self):
        classes = subprocess.run([ROOT / "tools" / "kafka-clients" / "install", "debezium"], check=True, capture_output=True, text=True)
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", classes.stdout.strip(), "Capture", self.properties, "changes", self.name]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def changes(address):
    return [json.loads(value) for value in values_of_partition(address, "changes")]


def wait_for(engine, address, ids):
    """Until each of these rows was captured."""
    wanted = set(ids)

    def captured():
        assert engine.process.poll() is None, "the engine ended"
        return {change["after"]["id"] for change in changes(address) if change.get("after")} >= wanted

    wait_until(lambda: f"{len(changes(address))} changes came, not all of {len(wanted)} rows", captured, SECONDS_MAX)


def past_the_snapshot(address):
    """Whether the last offset that was kept is one of streaming."""
    kept = [value for value in values_of_partition(address, "debezium-offsets") if value]
    return bool(kept) and not json.loads(kept[-1]).get("snapshot")


def insert(database, numbers):
    values = ", ".join(f"({number}, 'item {number}')" for number in numbers)
    database.sql(f"INSERT INTO orders (id, item) VALUES {values}")


def run(folder, kind):
    port = free_port()
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(kind(folder / "database"))
        yeoul = stack.enter_context(Serving(folder / "data", port))
        admin = AdminClient({"bootstrap.servers": yeoul.kafka, "log_level": 0})
        admin.create_topics([NewTopic("changes", 1, 1)])["changes"].result(SECONDS_MAX)
        database.sql("CREATE TABLE orders (id INT PRIMARY KEY, item VARCHAR(40))")
        insert(database, range(ROWS))
        with Engine(folder, database, yeoul.kafka, "first") as engine:
            wait_for(engine, yeoul.kafka, range(ROWS))
            insert(database, [ROWS])
            wait_for(engine, yeoul.kafka, [ROWS])
            wait_until("an offset behind the snapshot is kept", lambda: past_the_snapshot(yeoul.kafka), SECONDS_MAX)
        database.sql("ALTER TABLE orders ADD COLUMN note VARCHAR(40)")
        insert(database, range(ROWS + 1, 2 * ROWS))
        database.sql("UPDATE orders SET note = '여울' WHERE id < 10")
        yeoul.kill()
        yeoul = stack.enter_context(Serving(folder / "data", port))
        with Engine(folder, database, yeoul.kafka, "second") as engine:
            wait_for(engine, yeoul.kafka, range(2 * ROWS))
            database.sql("DELETE FROM orders WHERE id = 5")
            wait_until("the deletion was captured", lambda: any(change["op"] == "d" for change in changes(yeoul.kafka)), SECONDS_MAX)
        found = changes(yeoul.kafka)
        check(found)
        check_topics(admin, kind)
    print(f"ok debezium {kind.package}: {len(found)} changes, one snapshot, nothing missed", flush=True)


def check(found):
    snapshot = [change["after"]["id"] for change in found if change["op"] == "r"]
    assert sorted(snapshot) == list(range(ROWS)), f"{len(snapshot)} rows by snapshot, {len(set(snapshot))} different"
    created = {change["after"]["id"] for change in found if change["op"] == "c"}
    assert created == set(range(ROWS, 2 * ROWS)), f"{len(created)} created"
    noted = {change["after"]["id"] for change in found if change["op"] == "u" and change["after"].get("note") == "여울"}
    assert noted == set(range(10)), noted
    assert {change["before"]["id"] for change in found if change["op"] == "d"} == {5}


def check_topics(admin, kind):
    wanted = {"debezium-offsets": ("cleanup.policy", "compact")}
    if kind is MariaDb:
        wanted["debezium-history"] = ("retention.ms", str(2**63 - 1))
    for topic, (key, value) in wanted.items():
        resource = ConfigResource(ResourceType.TOPIC, topic)
        found = admin.describe_configs([resource])[resource].result(SECONDS_MAX)[key].value
        assert found == value, f"`{topic}`: `{key}` is {found}"


def main():
    kinds = {"postgres": Postgres, "mariadb": MariaDb}
    parser = argparse.ArgumentParser()
    parser.add_argument("databases", nargs="*", default=list(kinds))
    for name in parser.parse_args().databases:
        with tempfile.TemporaryDirectory(prefix="debezium") as folder:
            try:
                run(pathlib.Path(folder), kinds[name])
            except BaseException:
                for log in pathlib.Path(folder).glob("engine-*.log"):
                    print(f"{log.name}:\n{log.read_text()[-3000:]}", file=sys.stderr)
                raise


if __name__ == "__main__":
    main()
