#!/usr/bin/env python3
"""Kafka's Java client, confluent-kafka-python and kcat write records and read them back, byte for byte.

    tests/support/python tests/kafka/test_roundtrip.py [--records 20000] [--clients java,python,kcat] [--address HOST:PORT | --reference]

Records of 100 B and 1 KiB, none, gzip, snappy, lz4 and zstd; offsets are dense, and the stored batches really of that
codec. Without an address it starts `yeoul serve` (YEOUL_BIN) on a new data folder; `--reference` takes a real Kafka.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from kafka_reference import CACHE, KafkaReference, ROOT  # noqa: E402
from raw_fetch import CODECS, batches  # noqa: E402
from values import TIME, Values  # noqa: E402
from yeoul import Yeoul  # noqa: E402

SIZES = (100, 1024)
WAIT_SECONDS_MAX = 120


def with_java(address, topic, codec, size, count):
    command = ["java", "-Xmx512m", "-Dlog4j2.level=OFF", "-cp", f"{java_classes()}:{CACHE}/lib/*", "Roundtrip"]
    done = subprocess.run([*command, address, topic, codec, str(size), str(count)], capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def java_classes():
    subprocess.run([ROOT / "tools" / "kafka-reference" / "install"], check=True)
    folder = CACHE / "classes"
    source = HERE / "Roundtrip.java"
    compiled = folder / "Roundtrip.class"
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["javac", "-cp", f"{CACHE}/lib/*", "-d", folder, source], check=True)
    return folder


def with_python(address, topic, codec, size, count):
    values = Values(size)
    produce_with_python(address, topic, codec, values, count)
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False, "check.crcs": True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    expected = 0
    while expected < count:
        messages = consumer.consume(min(10_000, count - expected), timeout=WAIT_SECONDS_MAX)
        assert messages, f"read {expected} of {count}"
        for message in messages:
            check_message(message, expected, values)
            expected += 1
    ends = consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=WAIT_SECONDS_MAX)
    assert ends == (0, count), ends
    consumer.close()


def produce_with_python(address, topic, codec, values, count):
    settings = {"bootstrap.servers": address, "compression.type": codec, "enable.idempotence": True, "linger.ms": 5}
    producer = Producer(settings | {"queue.buffering.max.messages": 200_000})
    faults = []

    def acknowledged(error, _message):
        if error is not None:
            faults.append(error)

    for i in range(count):
        key = values.key(i)
        record = {"value": values.value(i), "key": key, "partition": 0, "timestamp": TIME + i, "headers": [("n", key)]}
        while True:
            try:
                producer.produce(topic, on_delivery=acknowledged, **record)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    left = producer.flush(WAIT_SECONDS_MAX)
    assert left == 0 and not faults, f"{left} not acknowledged, {faults[:3]}"


def check_message(message, i, values):
    assert message.error() is None, message.error()
    assert message.offset() == i, f"offset {message.offset()} instead of {i}"
    assert message.value() == values.value(i), f"value of {i}"
    assert message.key() == values.key(i), f"key of {i}"
    assert message.headers() == [("n", values.key(i))], f"headers of {i}"
    assert message.timestamp()[1] == TIME + i, f"timestamp of {i}"


def with_kcat(address, topic, codec, size, count):
    """Lines, so the pattern is written in hexadecimal."""
    values = Values(size // 2 + 10)
    lines = b"".join(values.value(i).hex()[: size - 1].encode() + b"\n" for i in range(count))
    produce = ["kcat", "-P", "-b", address, "-t", topic, "-p", "0", "-z", codec, "-X", "enable.idempotence=true"]
    subprocess.run(produce, input=lines, check=True, timeout=600)
    consume = ["kcat", "-C", "-b", address, "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%o %s\n"]
    done = subprocess.run(consume, capture_output=True, check=True, timeout=600)
    wanted = b"".join(b"%d %s\n" % (i, line) for i, line in enumerate(lines.splitlines()))
    assert done.stdout == wanted, "kcat reads other lines than it wrote"


CLIENTS = {"java": with_java, "python": with_python, "kcat": with_kcat}


def check_codec(address, topic, codec, count):
    stored = list(batches(address, topic))
    assert sum(batch.records for batch in stored) == count
    codecs = {batch.codec for batch in stored}
    # A client leaves a batch as it is where compressing makes it larger, as with a single small record.
    small = {batch.codec for batch in stored if batch.records == 1}
    assert codecs == {codec} or codecs - {codec} <= small, f"`{topic}` holds batches of {codecs}"


@contextlib.contextmanager
def broker(options):
    if options.address:
        yield options.address
    elif options.reference:
        with KafkaReference() as kafka:
            yield kafka.address
    else:
        with tempfile.TemporaryDirectory(prefix="roundtrip") as folder:
            log = pathlib.Path(folder) / "yeoul.log"
            with Yeoul("serve", "--data", pathlib.Path(folder) / "data", log=log) as yeoul:
                yield yeoul.kafka
                assert yeoul.stop() == 0, "SIGTERM must end it cleanly"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    slow = os.environ.get("YEOUL_SLOW") == "1"
    parser.add_argument("--records", type=int, default=1_000_000 if slow else 20_000)
    parser.add_argument("--clients", default=",".join(CLIENTS))
    parser.add_argument("--address")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    with broker(options) as address:
        for client in options.clients.split(","):
            for size in SIZES:
                for codec in CODECS:
                    began = time.monotonic()
                    topic = f"roundtrip.{client}.{size}.{codec}.{time.time_ns() // 1_000_000}"
                    CLIENTS[client](address, topic, codec, size, options.records)
                    check_codec(address, topic, codec, options.records)
                    rate = options.records / (time.monotonic() - began)
                    print(f"{client:6} {size:5} B {codec:6} ok, {options.records} records, {rate:,.0f}/s there and back", flush=True)


if __name__ == "__main__":
    main()
