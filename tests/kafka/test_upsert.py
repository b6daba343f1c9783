#!/usr/bin/env python3
"""Tables of upserts, held against Flink's own connector: both read the same topics and write their own, and end with the same.

    tests/support/python tests/kafka/test_upsert.py

Records are written with an ordinary client: upserts, tombstones, a key that comes back, a key that never was, a record without a
key. The same SQL runs on Yeoul (in-process) and on Flink (over Yeoul's broker), and each sink's topic must hold the same last value,
or a tombstone, under the same key bytes. Then Yeoul is killed and started again over more records: what it writes goes on.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from kafka_io import read_topic  # noqa: E402
from yeoul import ROOT, Yeoul, wait_until  # noqa: E402

OWN = "127.0.0.1:9092"
INPUTS = ["users", "parts", "keyed"]
SINKS = ["by-name", "copy", "totals", "keys"]
WAIT_SECONDS_MAX = 60

TABLES = f"""
CREATE TABLE users (id BIGINT, name STRING, score INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
  'topic' = 'users', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'json', 'value.format' = 'json');
CREATE TABLE parts (k_id BIGINT, k_part STRING, v INT, PRIMARY KEY (k_id, k_part) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
  'topic' = 'parts', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'csv', 'value.format' = 'json',
  'key.fields-prefix' = 'k_', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE keyed (id BIGINT, v STRING) WITH ('connector' = 'kafka', 'topic' = 'keyed', 'properties.bootstrap.servers' = '{OWN}',
  'scan.startup.mode' = 'earliest-offset', 'key.format' = 'json', 'key.fields' = 'id', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE by_name (name STRING, n BIGINT, total BIGINT, PRIMARY KEY (name) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
  'topic' = 'by-name', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'json', 'value.format' = 'json',
  'sink.buffer-flush.max-rows' = '100', 'sink.buffer-flush.interval' = '1 s');
CREATE TABLE copy (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
  'topic' = 'copy', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'raw', 'value.format' = 'csv', 'value.fields-include' = 'EXCEPT_KEY');
CREATE TABLE totals (id BIGINT, total BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
  'topic' = 'totals', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'csv', 'value.format' = 'json');
CREATE TABLE `keys` (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'upsert-kafka',
  'topic' = 'keys', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'raw', 'value.format' = 'json');
"""
INSERTS = """
EXECUTE STATEMENT SET BEGIN
INSERT INTO by_name SELECT name, COUNT(*), SUM(score) FROM users GROUP BY name;
INSERT INTO copy SELECT id, name FROM users WHERE score > 5;
INSERT INTO totals SELECT k_id, SUM(v) FROM parts GROUP BY k_id;
INSERT INTO `keys` SELECT COALESCE(CAST(id AS STRING), 'none'), COUNT(*) FROM keyed GROUP BY COALESCE(CAST(id AS STRING), 'none');
END;
"""


def send(address, topic, records):
    refused = []
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True})
    for key, value in records:
        producer.produce(topic, key=key, value=value, partition=0, on_delivery=lambda error, _: error and refused.append(error))
    assert producer.flush(WAIT_SECONDS_MAX) == 0 and not refused, refused


def user(number, name=None, score=None):
    key = json.dumps({"id": number})
    return key, None if name is None else json.dumps({"id": number, "name": name, "score": score})


def fill(address):
    send(address, "users", [
        user(1, "ann", 3), user(2, "bob", 7), user(1, "ann", 9), user(3, "ann", 6), user(2), user(4, "cem", 1),
        user(2, "bob", 8), user(9), user(3, "ann", 2), user(5, "dan", 10), user(5), user(4, "cem", 1),
    ])
    send(address, "parts", [
        ("1,a", '{"v":1}'), ("1,b", '{"v":2}'), ("2,a", '{"v":4}'), ("1,a", '{"v":8}'), ("2,a", None), ("1,b", None), ("3,x", '{"v":16}'),
    ])
    send(address, "keyed", [('{"id":1}', '{"v":"x"}'), (None, '{"v":"y"}'), ('{"id":2}', '{"v":"z"}'), ('{"id":1}', '{"v":"w"}')])


def more(address):
    send(address, "users", [user(1), user(6, "bob", 20), user(2, "bob", 1), user(3, "eve", 7)])
    send(address, "parts", [("3,x", None), ("4,y", '{"v":32}')])


def last(address, topic):
    """The last value of each key; a tombstone is nothing."""
    found = {}
    for message in read_topic(address, topic):
        assert message.key() is not None, f"`{topic}`: a record without a key"
        found[message.key()] = message.value()
    return {key: value and as_json(value) for key, value in found.items()}


def as_json(value):
    try:
        return json.loads(value)
    except ValueError:
        return value


def flink(address, folder, run):
    """Flink's answer, in topics of its own."""
    text = (TABLES + INSERTS).replace("'properties.bootstrap.servers'", "'scan.bounded.mode' = 'latest-offset', 'properties.bootstrap.servers'")
    text = text.replace(OWN, address)
    for sink in SINKS:
        text = text.replace(f"'topic' = '{sink}'", f"'topic' = 'flink-{run}-{sink}'")
    # An option of sources is none of sinks' doing, but their factory is the same.
    file = folder / f"flink-{run}.sql"
    file.write_text("SET 'table.dml-sync' = 'true';\n" + text)
    topics = [NewTopic(f"flink-{run}-{sink}", 1, 1) for sink in SINKS]
    admin = AdminClient({"bootstrap.servers": address})
    for done in admin.create_topics(topics).values():
        done.result(WAIT_SECONDS_MAX)
    oracle = ROOT / "tools" / "flink-oracle" / "oracle"
    done = subprocess.run([oracle, "run", file], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return {sink: last(address, f"flink-{run}-{sink}") for sink in SINKS}


def settled(address, wanted):
    """Waits until Yeoul's topics hold what Flink's do: the same rows. Which keys came and went before anyone looked is open."""
    def differing():
        found = {sink: rows_of(last(address, sink)) for sink in SINKS}
        return {sink: (found[sink], rows_of(wanted[sink])) for sink in SINKS if found[sink] != rows_of(wanted[sink])}

    wait_until(differing, lambda: not differing(), WAIT_SECONDS_MAX)


def rows_of(values):
    return {key: value for key, value in values.items() if value is not None}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        project, log = folder / "project", folder / "yeoul.log"
        project.mkdir()
        (project / "upserts.sql").write_text(TABLES + INSERTS)
        (project / "yeoul.toml").write_text("[log]\ndefault-partitions = 1\n")
        with Yeoul("run", project, log=log) as yeoul:
            fill(yeoul.kafka)
            wanted = flink(yeoul.kafka, folder, 1)
            assert any(value is None for value in wanted["copy"].values()), "no tombstone was called for"
            settled(yeoul.kafka, wanted)
            described = subprocess.run([*yeoul.command[:1], "topic", "describe", "copy", "--kafka", yeoul.kafka], capture_output=True, text=True)
            assert "compact" in described.stdout, described.stdout + described.stderr
            more(yeoul.kafka)
            yeoul.kill()
        with Yeoul("run", project, log=log) as yeoul:
            settled(yeoul.kafka, flink(yeoul.kafka, folder, 2))
    rows = {sink: len([value for value in values.values() if value is not None]) for sink, values in wanted.items()}
    print(f"upserts agree with Flink's connector: {rows}")


if __name__ == "__main__":
    main()
