#!/usr/bin/env python3
"""The tools that Kafka tests itself with, of its own release, against Yeoul.

    tests/support/python tests/kafka/test_kafka_tools.py [CASE ...] [--reference]

VerifiableProducer and VerifiableConsumer, TransactionalMessageCopier, ProducerPerformance, ConsumerPerformance,
EndToEndLatency and ClientCompatibilityTest. Starts `yeoul serve` (YEOUL_BIN) on a new data folder; `--reference` asks a
real Kafka the same.
"""

import argparse
import contextlib
import pathlib
import re
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import ConsumerGroupTopicPartitions, Producer  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from kafka_io import values_of_partition  # noqa: E402
from kafka_reference import KafkaReference  # noqa: E402
from kafka_tools import SECONDS_MAX, json_lines, run, start  # noqa: E402
from yeoul import Yeoul  # noqa: E402

PARTITIONS = 3


def create(address, topic, partitions=PARTITIONS):
    admin = AdminClient({"bootstrap.servers": address})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(SECONDS_MAX)


def values_of(address, topic, isolation="read_committed"):
    """All values of the topic's first partition, in order."""
    return [value.decode() for value in values_of_partition(address, topic, isolation=isolation)]


def committed(address, group):
    admin = AdminClient({"bootstrap.servers": address})
    answer = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result(SECONDS_MAX)
    return sum(it.offset for it in answer.topic_partitions)


def case_what_the_verifiable_producer_sends_its_consumers_read_once(address):
    for protocol in ("classic", "consumer"):
        topic, count = f"verifiable-{protocol}", 3000
        create(address, topic)
        sent = json_lines(run("VerifiableProducer", "--bootstrap-server", address, "--topic", topic, "--max-messages", count))
        acknowledged = sorted(int(it["value"]) for it in sent if it["name"] == "producer_send_success")
        assert acknowledged == list(range(count)), f"{len(acknowledged)} of {count} acknowledged"
        group = ["--group-id", topic, "--group-protocol", protocol, "--reset-policy", "earliest", "--verbose"]
        reading = ["--bootstrap-server", address, "--topic", topic, "--max-messages", count, *group]
        events = json_lines(run("VerifiableConsumer", *reading))
        read = sorted(int(it["value"]) for it in events if it["name"] == "record_data")
        assert read == acknowledged, f"{protocol}: {len(read)} read, {len(set(read))} different"
        commits = [it for it in events if it["name"] == "offsets_committed"]
        assert commits and all(it["success"] for it in commits), commits[:3]
        assert committed(address, topic) == count


def case_verifiable_consumers_share_a_topic_and_one_takes_over(address):
    """Two members; when one is killed, the other reads on what it had."""
    create(address, "shared")
    count = 600
    run("VerifiableProducer", "--bootstrap-server", address, "--topic", "shared", "--max-messages", count)
    reading = ["--bootstrap-server", address, "--topic", "shared", "--group-id", "shared", "--session-timeout", 6000, "--verbose"]
    first = start("VerifiableConsumer", *reading)
    try:
        read = read_events(first, lambda read: len(read) == count)
        first.kill()
        run("VerifiableProducer", "--bootstrap-server", address, "--topic", "shared", "--max-messages", count, "--value-prefix", 1)
        events = json_lines(run("VerifiableConsumer", *reading, "--max-messages", count))
    finally:
        first.kill()
    heir = [it["value"] for it in events if it["name"] == "record_data"]
    assert sorted(map(int, read)) == list(range(count)), f"{len(read)} of {count}"
    assert sorted(heir) == sorted(f"1.{n}" for n in range(count)), f"{len(heir)} of {count}, {sorted(heir)[:3]}"


def read_events(process, done):
    """Values that a running consumer has read and committed, until `done` says that they are enough."""
    values, deadline = [], time.monotonic() + SECONDS_MAX
    for line in process.stdout:
        for event in json_lines(line):
            if event["name"] == "record_data":
                values.append(event["value"])
            if event["name"] == "offsets_committed" and done(values):
                return values
        assert time.monotonic() < deadline, f"only {len(values)} records"
    raise AssertionError(f"the consumer ended after {len(values)} records")


def case_the_copier_copies_each_message_once_and_its_offsets_with_it(address):
    """TransactionalMessageCopier with random aborts; with offsets of the consumer's group, and of the older kind."""
    total = 2000
    create(address, "copier-in", 1)
    mine = Producer({"bootstrap.servers": address, "enable.idempotence": True})
    for number in range(total):
        mine.produce("copier-in", str(number), partition=0)
    assert mine.flush(SECONDS_MAX) == 0
    for way in ((), ("--group-mode",)):
        name = f"copier{len(way)}"
        create(address, name, 1)
        wanted = {"broker-list": address, "transactional-id": name, "consumer-group": name, "input-topic": "copier-in"}
        wanted |= {"output-topic": name, "input-partition": 0, "transaction-size": 50, "max-messages": total}
        options = [part for key, value in wanted.items() for part in (f"--{key}", value)]
        run("TransactionalMessageCopier", *options, "--enable-random-aborts", *way)
        copied = values_of(address, name)
        assert copied == [str(number) for number in range(total)], f"{len(copied)} of {total}, {len(set(copied))} different"
        assert committed(address, name) == total
        everything = values_of(address, name, "read_uncommitted")
        assert len(everything) >= total and set(everything) == set(copied)


def case_performance_tools_write_and_read(address):
    count = 50_000
    create(address, "performance")
    how = ["--topic", "performance", "--num-records", count, "--record-size", 200, "--throughput", -1]
    for codec in ("none", "zstd"):
        said = run("ProducerPerformance", *how, "--producer-props", f"bootstrap.servers={address}", "acks=all", f"compression.type={codec}")
        assert re.search(rf"^{count} records sent, .* 99.9th\.$", said, re.M), said
    transactional = ["--transaction-duration-ms", 50, "--transactional-id", "performance"]
    said = run("ProducerPerformance", *how, "--producer-props", f"bootstrap.servers={address}", *transactional)
    assert re.search(rf"^{count} records sent", said, re.M), said
    said = run("ConsumerPerformance", "--bootstrap-server", address, "--topic", "performance", "--messages", 3 * count)
    figures = [part.strip() for part in said.strip().splitlines()[-1].split(",")]
    assert int(figures[4]) == 3 * count, said


def case_end_to_end_latency_is_measured(address):
    create(address, "latency", 1)
    said = run("EndToEndLatency", address, "latency", 500, "all", 100)
    assert re.search(r"Avg latency: [\d.,]+ ms", said), said
    assert len(values_of(address, "latency")) >= 500


def case_clients_find_what_they_need(address):
    """ClientCompatibilityTest: each feature by what this release's client may expect."""
    create(address, "compatible", 1)
    supported = ["offsets-for-times", "cluster-id", "create-topics", "describe-acls", "describe-configs", "idempotent-producer"]
    flags = [part for name in supported for part in (f"--{name}-supported", "true")]
    said = run("ClientCompatibilityTest", "--topic", "compatible", "--bootstrap-server", address, "--num-cluster-nodes", 1,
               "--expect-record-too-large-exception", "false", *flags)
    assert "SUCCESS" in said, said


CASES = {name.removeprefix("case_"): case for name, case in list(globals().items()) if name.startswith("case_")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--reference", action="store_true")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        if options.reference:
            address = stack.enter_context(KafkaReference()).address
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kafka-tools"))
            address = stack.enter_context(Yeoul("serve", "--data", folder)).kafka
        for name in options.cases or CASES:
            began = time.monotonic()
            CASES[name](address)
            print(f"ok {name.replace('_', ' ')} {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
