#!/usr/bin/env python3
"""`kafka` and `upsert-kafka` tables of many options, held against Flink's own connectors over the same records.

    tests/support/python tests/kafka/test_tables.py [NAME...]

Each case is a text that ends with an INSERT into a `print` table: `yeoul sql` runs it on the data folder, Flink over Yeoul's broker. Both
print the same rows, or both refuse the text, or both fail while running.
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
from yeoul import BINARY, ROOT, Yeoul  # noqa: E402

OWN = "127.0.0.1:9092"
SECONDS_MAX = 60
FLINK_SECONDS_MAX = 600
TOPICS = {"a": 2, "b": 1, "bad": 1, "csv": 1, "raw": 1, "empty": 1, "rates": 1, "gone": 1, "orders": 1}
OUTPUTS = 20
TIME = 1_700_000_000_000
DAY = 1_704_067_200_000

KAFKA = f"'connector' = 'kafka', 'properties.bootstrap.servers' = '{OWN}'"
WHOLE = f"{KAFKA}, 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset'"
JSON = f"{WHOLE}, 'format' = 'json'"
IDS = "id INT, v STRING"

# name: columns, options, what is selected, the sink's columns
READS = {
    "whole": (IDS, f"{JSON}, 'topic' = 'a'", "*", IDS),
    "from offsets": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'specific-offsets',"
                     " 'scan.startup.specific-offsets' = 'partition:0,offset:1;partition:1,offset:2', 'scan.bounded.mode' = 'latest-offset'", "*", IDS),
    "from a time": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'timestamp',"
                    f" 'scan.startup.timestamp-millis' = '{TIME + 3000}', 'scan.bounded.mode' = 'latest-offset'", "*", IDS),
    "from a group's offsets": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'group-offsets', 'scan.bounded.mode' = 'latest-offset',"
                               " 'properties.group.id' = 'new', 'properties.auto.offset.reset' = 'earliest'", "*", IDS),
    "from a group without offsets": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'group-offsets', 'scan.bounded.mode' = 'latest-offset',"
                                     " 'properties.group.id' = 'none'", "*", IDS),
    "to offsets": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'specific-offsets',"
                   " 'scan.bounded.specific-offsets' = 'partition:0,offset:0;partition:1,offset:2'", "*", IDS),
    "to a time": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'timestamp',"
                  f" 'scan.bounded.timestamp-millis' = '{TIME + 3000}'", "*", IDS),
    "to a group without offsets": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'group-offsets',"
                                   " 'properties.group.id' = 'none'", "*", IDS),
    "two topics": (IDS, f"{JSON}, 'topic' = 'a; b'", "*", IDS),
    "a topic twice": (IDS, f"{JSON}, 'topic' = 'b;b'", "*", IDS),
    "an empty topic": (IDS, f"{JSON}, 'topic' = 'empty'", "*", IDS),
    "key and value": (f"{IDS}, k STRING", f"{WHOLE}, 'topic' = 'a', 'key.format' = 'json', 'key.fields' = 'k', 'value.format' = 'json'", "*", f"{IDS}, k STRING"),
    "key alone": (f"{IDS}, k STRING", f"{WHOLE}, 'topic' = 'a', 'key.format' = 'json', 'key.fields' = 'k', 'value.format' = 'json',"
                  " 'value.fields-include' = 'EXCEPT_KEY'", "*", f"{IDS}, k STRING"),
    "key with a prefix": (f"{IDS}, x_k STRING", f"{WHOLE}, 'topic' = 'a', 'key.format' = 'json', 'key.fields' = 'x_k', 'key.fields-prefix' = 'x_',"
                          " 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY'", "*", f"{IDS}, k STRING"),
    "raw key": (f"k STRING, {IDS}", f"{WHOLE}, 'topic' = 'b', 'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'json',"
                " 'value.fields-include' = 'EXCEPT_KEY'", "*", f"k STRING, {IDS}"),
    "primary key": (f"{IDS}, PRIMARY KEY (id) NOT ENFORCED", f"{JSON}, 'topic' = 'a'", "*", IDS),
    "metadata": (f"{IDS}, part INT METADATA FROM 'partition' VIRTUAL, place BIGINT METADATA FROM 'offset' VIRTUAL, t TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,"
                 " kind STRING METADATA FROM 'timestamp-type' VIRTUAL, topic STRING METADATA VIRTUAL, heads MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL",
                 f"{JSON}, 'topic' = 'a'", "id, part, place, t, kind, topic, heads",
                 "id INT, part INT, place BIGINT, t TIMESTAMP_LTZ(3), kind STRING, topic STRING, heads MAP<STRING, BYTES>"),
    "metadata of other types": (f"{IDS}, part STRING METADATA FROM 'partition' VIRTUAL, place INT METADATA FROM 'offset' VIRTUAL, t TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL,"
                                " heads MAP<STRING, STRING> METADATA FROM 'headers' VIRTUAL, d AS EXTRACT(HOUR FROM t), WATERMARK FOR t AS t",
                                f"{JSON}, 'topic' = 'a'", "id, part, place, t, heads, d",
                                "id INT, part STRING, place INT, t TIMESTAMP(3), heads MAP<STRING, STRING>, d BIGINT"),
    "a time as a number": (f"{IDS}, t BIGINT METADATA FROM 'timestamp' VIRTUAL", f"{JSON}, 'topic' = 'a'", "id, t", "id INT, t BIGINT"),
    "unknown metadata": (f"{IDS}, x STRING METADATA FROM 'value' VIRTUAL", f"{JSON}, 'topic' = 'a'", "id", "id INT"),
    "malformed rows": (IDS, f"{JSON}, 'topic' = 'bad', 'json.ignore-parse-errors' = 'true'", "*", IDS),
    "ISO times": (f"{IDS}, ts TIMESTAMP(3)", f"{JSON}, 'topic' = 'bad', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601'", "*",
                  f"{IDS}, ts TIMESTAMP(3)"),
    "options that exclude each other": (IDS, f"{JSON}, 'topic' = 'a', 'json.fail-on-missing-field' = 'true', 'json.ignore-parse-errors' = 'true'", "*", IDS),
    "CSV": ("id INT, v STRING, w STRING", f"{WHOLE}, 'topic' = 'csv', 'format' = 'csv', 'csv.field-delimiter' = ';', 'csv.ignore-parse-errors' = 'true',"
            " 'csv.null-literal' = '\\N', 'csv.allow-comments' = 'true'", "*", "id INT, v STRING, w STRING"),
    "raw bytes": ("n BYTES", f"{WHOLE}, 'topic' = 'raw', 'format' = 'raw'", "*", "n BYTES"),
    "raw text without a value": ("n STRING", f"{WHOLE}, 'topic' = 'b', 'format' = 'raw'", "*", "n STRING"),
    "a misspelt mode": (IDS, f"{KAFKA}, 'topic' = 'a', 'format' = 'json', 'scan.startup.mode' = 'earliest'", "*", IDS),
    "a misspelt option": (IDS, f"{JSON}, 'topic' = 'a', 'scan.startup.mod' = 'x'", "*", IDS),
    "no format": (IDS, f"{WHOLE}, 'topic' = 'a'", "*", IDS),
    "options of the client": (IDS, f"{JSON}, 'topic' = 'a', 'properties.max.poll.records' = '1'", "*", IDS),
}

# name: columns, options, values
WRITES = {
    "JSON": (IDS, "'format' = 'json'", "VALUES (1, 'a'), (2, CAST(NULL AS STRING))"),
    "JSON without NULL": (IDS, "'format' = 'json', 'json.encode.ignore-null-fields' = 'true'", "VALUES (1, 'a'), (2, CAST(NULL AS STRING))"),
    "key in the value, too": (IDS, "'key.format' = 'json', 'key.fields' = 'id', 'value.format' = 'json'", "VALUES (1, 'a')"),
    "key of CSV": (IDS, "'key.format' = 'csv', 'key.fields' = 'id', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY'", "VALUES (1, 'a')"),
    "key that is NULL": ("k STRING, id INT", "'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'json'", "VALUES ('x', 1), (CAST(NULL AS STRING), 2)"),
    "time of the record": (f"{IDS}, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'", "'format' = 'json'", "VALUES (1, 'a', TO_TIMESTAMP_LTZ(1600000000000, 3))"),
    "headers": (f"{IDS}, h MAP<STRING, BYTES> METADATA FROM 'headers'", "'format' = 'json'", "VALUES (1, 'a', MAP['x', x'01', 'y', x'02'])"),
    "a partition by metadata": (f"{IDS}, p INT METADATA FROM 'partition'", "'format' = 'json'", "VALUES (1, 'a', 0)"),
    "partitioners": (IDS, "'format' = 'json', 'sink.partitioner' = 'round-robin'", "VALUES (1, 'a')"),
    "a partitioner for rows without keys": (IDS, "'key.format' = 'json', 'key.fields' = 'id', 'value.format' = 'json', 'sink.partitioner' = 'round-robin'", "VALUES (1, 'a')"),
    "exactly once": (IDS, "'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = 'p'", "VALUES (1, 'a')"),
    "exactly once without a prefix": (IDS, "'format' = 'json', 'sink.delivery-guarantee' = 'exactly-once'", "VALUES (1, 'a')"),
    "CSV": ("id INT, v STRING, d DECIMAL(12, 3), a ARRAY<INT>", "'format' = 'csv', 'csv.null-literal' = '\\N'",
            "VALUES (1, 'a,b', 1.5, ARRAY[1, 2]), (2, CAST(NULL AS STRING), -1234500, CAST(NULL AS ARRAY<INT>)), (3, '', 0, ARRAY[0])"),
    "small decimals": ("d DECIMAL(20, 10)", "'format' = 'csv'", "VALUES (CAST(0.0000001 AS DECIMAL(20, 10))), (CAST(100 AS DECIMAL(20, 10)))"),
    "small decimals of JSON": ("d DECIMAL(20, 10)", "'format' = 'json'", "VALUES (CAST(0.0000001 AS DECIMAL(20, 10))), (CAST(100 AS DECIMAL(20, 10)))"),
    "updates": ("n BIGINT, v STRING", "'format' = 'json'", "SELECT COUNT(*), v FROM (VALUES ('a')) AS t (v) GROUP BY v"),
}

UPSERTS = (f"'connector' = 'upsert-kafka', 'properties.bootstrap.servers' = '{OWN}', 'key.format' = 'json', 'value.format' = 'json',"
           " 'scan.bounded.mode' = 'latest-offset', 'scan.watermark.emit.strategy' = 'on-event'")
BY_VALUE = "c STRING, r INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (c) NOT ENFORCED"
BY_RECORD = "c STRING, r INT, ts TIMESTAMP(3) METADATA FROM 'timestamp' VIRTUAL, WATERMARK FOR ts AS ts, PRIMARY KEY (c) NOT ENFORCED"
PRICED = "SELECT o.id, o.c, u.r FROM o {} JOIN u FOR SYSTEM_TIME AS OF o.ts AS u ON o.c = u.c"

# name: columns and topic of the upserts, query, the sink's columns
VERSIONS = {
    "versions": (BY_VALUE, "rates", PRICED.format(""), "id INT, c STRING, r INT"),
    "versions or none": (BY_VALUE, "rates", PRICED.format("LEFT"), "id INT, c STRING, r INT"),
    "versions and a condition": (BY_VALUE, "rates", PRICED.format("LEFT") + " WHERE u.r > 1 OR u.r IS NULL", "id INT, c STRING, r INT"),
    "a tombstone without a time": (BY_VALUE, "gone", PRICED.format("LEFT"), "id INT, c STRING, r INT"),
    "versions by the record's time": (BY_RECORD, "rates", PRICED.format("LEFT"), "id INT, c STRING, r INT"),
    "windows over upserts": (BY_VALUE, "rates", "SELECT CAST(window_start AS STRING), SUM(r), COUNT(*) FROM TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '4' HOUR)"
                             " GROUP BY window_start, window_end", "w STRING, r INT, n BIGINT"),
}


def texts():
    """The cases by name."""
    found = {}
    for name, (columns, options, items, sink) in READS.items():
        found[f"read: {name}"] = f"CREATE TABLE t ({columns}) WITH ({options});\n{printed(sink)}INSERT INTO p SELECT {items} FROM t;\n"
    for number, (name, (columns, options, values)) in enumerate(WRITES.items()):
        found[f"write: {name}"] = (
            f"SET 'table.dml-sync' = 'true';\nCREATE TABLE o ({columns}) WITH ({KAFKA}, 'topic' = 'out-{number}', {options});\nINSERT INTO o {values};\n"
            f"CREATE TABLE r (k BYTES, v BYTES, ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL, h MAP<STRING, BYTES> METADATA FROM 'headers' VIRTUAL) WITH ({WHOLE},"
            f" 'topic' = 'out-{number}', 'key.format' = 'raw', 'key.fields' = 'k', 'value.format' = 'raw', 'value.fields-include' = 'EXCEPT_KEY');\n"
            f"{printed('k STRING, v STRING, ts STRING, h MAP<STRING, BYTES>')}INSERT INTO p SELECT DECODE(k, 'UTF-8'), DECODE(v, 'UTF-8'),"
            " CASE WHEN ts < TIMESTAMP '2025-01-01 00:00:00' THEN CAST(ts AS STRING) ELSE 'now' END, h FROM r;\n"
        )
    for name, (columns, topic, query, sink) in VERSIONS.items():
        found[f"upserts: {name}"] = (
            f"CREATE TABLE u ({columns}) WITH ({UPSERTS}, 'topic' = '{topic}');\n"
            f"CREATE TABLE o (id INT, c STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ({JSON}, 'topic' = 'orders', 'scan.watermark.emit.strategy' = 'on-event');\n"
            f"{printed(sink)}INSERT INTO p {query};\n"
        )
    return found


def printed(columns):
    return f"CREATE TABLE p ({columns}) WITH ('connector' = 'print');\n"


def fill(address):
    admin = AdminClient({"bootstrap.servers": address})
    topics = [NewTopic(name, partitions, 1) for name, partitions in TOPICS.items()] + [NewTopic(f"out-{number}", 1, 1) for number in range(OUTPUTS)]
    for made in admin.create_topics(topics).values():
        made.result(SECONDS_MAX)
    producer = Producer({"bootstrap.servers": address})
    for n in range(6):
        heads = [("h", f"x{n}".encode()), ("h", b"y"), ("none", None)] if n % 3 else None
        value, key = {"id": n, "v": f"v{n}", "k": "in the value"}, {"k": f"k{n}"}
        producer.produce("a", json.dumps(value), key=json.dumps(key), partition=n % 2, timestamp=TIME + n * 1000, headers=heads)
    for n, (key, value) in enumerate([(None, '{"id":1,"v":"one"}'), ("x", None), ('{"k":"q"}', '{"id":3}')]):
        producer.produce("b", value, key=key, partition=0, timestamp=TIME + n)
    for value in ['{"id":1,"v":"x"}', '{"id":"zz","v":"x"}', "nope", '{"id":2}', '{"id":3,"v":{"a":1}}', "", '{"id":4,"v":"null","ts":"2024-01-02 03:04:05"}',
                  '{"id":5,"ts":"2024-01-02T03:04:05"}']:
        producer.produce("bad", value, partition=0, timestamp=TIME)
    for value in ["1;a b;\\N", '2;"q;r";x', "# c", "4", "5;a;b;c"]:
        producer.produce("csv", value, partition=0, timestamp=TIME)
    for value in [b"\x00\x00\x00\x07", b"\x00\x01"]:
        producer.produce("raw", value, partition=0, timestamp=TIME)
    fill_versions(producer)
    assert producer.flush(SECONDS_MAX) == 0


def fill_versions(producer):
    def at(hour):
        return f"2024-01-01 {hour:02}:00:00"

    for topic in ("rates", "gone"):
        for currency, rate, hour in [("EUR", 1, 1), ("USD", 2, 1), ("EUR", 3, 3), ("USD", 4, 5), ("EUR", 5, 6), ("ZZZ", 0, 9)]:
            is_tombstone = topic == "gone" and rate == 3
            value = None if is_tombstone else json.dumps({"c": currency, "r": rate, "ts": at(hour)})
            producer.produce(topic, value, key=json.dumps({"c": currency}), partition=0, timestamp=DAY + hour * 3_600_000)
    for number, (currency, hour) in enumerate([("EUR", 0), ("EUR", 2), ("USD", 4), ("EUR", 4), ("EUR", 7), ("CHF", 7), ("USD", 8), ("USD", 9)]):
        producer.produce("orders", json.dumps({"id": number, "c": currency, "ts": at(hour)}), partition=0, timestamp=DAY + hour * 3_600_000)


def on_yeoul(text, data, folder):
    """How it ended (`accepted`, `refused`, `failed`), and what was printed."""
    file = folder / "case.sql"
    file.write_text(text)
    done = subprocess.run([BINARY, "sql", "--data", data, "-f", file], cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX)
    return ["accepted", "failed", "refused"][done.returncode], sorted(done.stdout.splitlines()), done.stderr


def on_flink(cases, address, folder):
    files = {}
    for number, (name, text) in enumerate(cases.items()):
        files[f"{number:03}.sql"] = name
        (folder / f"{number:03}.sql").write_text(text.replace(OWN, address))
    command = [ROOT / "tools" / "flink-oracle" / "oracle", "each", *(folder / file for file in files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=FLINK_SECONDS_MAX)
    found, rows = {}, []
    for line in done.stdout.splitlines():
        if line.startswith("== begin "):
            name, rows = files[line.removeprefix("== begin ")], []
        elif line.startswith("== end "):
            verdict = line.removeprefix("== end ").removeprefix("error ")
            found[name] = (verdict.split()[0], sorted(rows), verdict)
        else:
            rows.append(line)
    assert len(found) == len(cases), done.stderr[-3000:]
    return found


def same(ours, theirs):
    """A text may be refused here where Flink sees only while it runs that it can't be; of what failed, rows don't count."""
    if theirs[0] == "accepted":
        return ours[:2] == theirs[:2]
    return ours[0] == theirs[0] or ours[0] == "refused"


def main():
    wanted = sys.argv[1:]
    cases = {name: text for name, text in texts().items() if not wanted or any(part in name for part in wanted)}
    assert cases, f"no case is called so: {wanted}"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in ("yeoul", "flink", "cases"):
            (folder / part).mkdir()
        with Yeoul("serve", "--data", folder / "yeoul" / "data") as yeoul:
            fill(yeoul.kafka)
            yeoul.stop()
        ours = {name: on_yeoul(text, folder / "yeoul" / "data", folder) for name, text in cases.items()}
        with Yeoul("serve", "--data", folder / "flink" / "data") as yeoul:
            fill(yeoul.kafka)
            theirs = on_flink(cases, yeoul.kafka, folder / "cases")
    wrong = [name for name in cases if not same(ours[name], theirs[name])]
    for name in wrong:
        print(f"wrong: {name}\n  Flink: {theirs[name]}\n  Yeoul: {ours[name]}")
    print(f"{len(cases) - len(wrong)} of {len(cases)} tables are as Flink's")
    sys.exit(len(wrong) > 0)


if __name__ == "__main__":
    main()
