#!/usr/bin/env python3
"""Topics, asked about and changed by Kafka's own tools, confluent-kafka's AdminClient, kcat and `yeoul topic`.

    tests/support/python tests/kafka/test_topics.py [CASE ...]

Starts `yeoul serve` (YEOUL_BIN) on a new data folder, with short intervals for compaction and retention.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import (  # noqa: E402
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourceType,
)
from kafka_reference import CACHE, ROOT  # noqa: E402
from yeoul import BINARY, Yeoul, wait_until  # noqa: E402

TOOLS = pathlib.Path.home() / ".cache" / "yeoul" / "kafka-tools" / "lib"
SECONDS_MAX = 60


def java(address, tool, *arguments, wrong=False):
    """One of Kafka's tools; what it printed."""
    subprocess.run([ROOT / "tools" / ("kafka-reference" if tool == CONFIGS else "kafka-tools") / "install"], check=True)
    jars = f"{CACHE}/lib/*" if tool == CONFIGS else f"{TOOLS}/*"
    command = ["java", "-Xmx256m", "-Dlog4j2.level=OFF", "-cp", jars, tool, "--bootstrap-server", address]
    done = subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS_MAX * 2)
    said = done.stdout + done.stderr
    assert wrong or done.returncode == 0, f"{tool} {arguments}: {said}"
    return said


TOPICS = "org.apache.kafka.tools.TopicCommand"
# This one is not with the other tools, but with the broker.
CONFIGS = "kafka.admin.ConfigCommand"


def case_kafkas_tools_create_describe_and_alter_topics(address):
    said = java(address, TOPICS, "--create", "--topic", "made", "--partitions", 2, "--replication-factor", 3,
                "--config", "cleanup.policy=compact", "--config", "max.message.bytes=20000000")
    assert "Created topic made." in said, said
    said = java(address, TOPICS, "--describe", "--topic", "made")
    assert "PartitionCount: 2\tReplicationFactor: 1" in said, said
    assert "cleanup.policy=compact" in said and "max.message.bytes=20000000" in said, said
    assert "exists" in java(address, TOPICS, "--create", "--topic", "made", wrong=True)
    java(address, TOPICS, "--alter", "--topic", "made", "--partitions", 4)
    assert "PartitionCount: 4" in java(address, TOPICS, "--describe", "--topic", "made")
    assert "made" in java(address, TOPICS, "--list").splitlines()
    java(address, TOPICS, "--delete", "--topic", "made")
    assert "made" not in java(address, TOPICS, "--list").splitlines()


def case_kafkas_tools_delete_records_and_ask_for_a_cluster_of_one(address):
    produce(address, "trimmed", [(b"k", b"%d" % i) for i in range(10)])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps({"partitions": [{"topic": "trimmed", "partition": 0, "offset": 4}], "version": 1}))
        file.flush()
        said = java(address, "org.apache.kafka.tools.DeleteRecordsCommand", "--offset-json-file", file.name)
    assert "partition: trimmed-0\tlow_watermark: 4" in said, said
    said = java(address, "org.apache.kafka.tools.GetOffsetShell", "--topic", "trimmed", "--time", "earliest")
    assert "trimmed:0:4" in said, said
    said = java(address, "org.apache.kafka.tools.LogDirsCommand", "--describe", "--topic-list", "trimmed")
    assert '"partition":"trimmed-0"' in said, said
    said = java(address, "org.apache.kafka.tools.LeaderElectionCommand", "--election-type", "preferred", "--all-topic-partitions")
    assert "error" not in said.lower(), said
    said = java(address, "org.apache.kafka.tools.reassign.ReassignPartitionsCommand", "--list")
    assert "No partition reassignments found" in said, said
    said = java(address, "org.apache.kafka.tools.MetadataQuorumCommand", "describe", "--status")
    assert "LeaderId:" in said and "CurrentVoters:" in said, said


def case_kafkas_tools_describe_and_change_settings(address):
    java(address, TOPICS, "--create", "--topic", "tuned")
    entity = ("--entity-type", "topics", "--entity-name", "tuned")
    java(address, CONFIGS, "--alter", *entity, "--add-config", "retention.ms=1234,segment.bytes=1048576")
    said = java(address, CONFIGS, "--describe", *entity)
    assert "retention.ms=1234" in said and "DYNAMIC_TOPIC_CONFIG" in said, said
    java(address, CONFIGS, "--alter", *entity, "--delete-config", "retention.ms")
    said = java(address, CONFIGS, "--describe", *entity, "--all")
    assert "retention.ms=604800000" in said and "DEFAULT_CONFIG" in said, said
    said = java(address, CONFIGS, "--describe", "--entity-type", "brokers", "--entity-name", "1", "--all")
    assert "default.replication.factor=1" in said, said
    said = java(address, CONFIGS, "--alter", *entity, "--add-config", "retention.m=1", wrong=True)
    assert "retention.ms" in said, said


def case_what_a_cluster_refuses_is_refused(address):
    admin = AdminClient({"bootstrap.servers": address})

    def outcome(futures):
        [future] = futures.values()
        try:
            future.result(SECONDS_MAX)
            return "ok"
        except KafkaException as fault:
            return fault.args[0].name()

    create = lambda *topics: outcome(admin.create_topics(list(topics)))  # noqa: E731
    assert create(NewTopic("twice", 1), NewTopic("twice", 2)) == "INVALID_REQUEST"
    assert create(NewTopic("none", 1, 0)) == "INVALID_REPLICATION_FACTOR"
    assert create(NewTopic("placed", 1, replica_assignment=[[1, 1]])) == "INVALID_REPLICA_ASSIGNMENT"
    assert create(NewTopic("placed", 2, replica_assignment=[[1], [1]])) == "ok"
    assert create(NewTopic("a.b_c", 1)) == "ok" == create(NewTopic("a.b_d", 1))
    assert create(NewTopic("a_b.c", 1)) == "TOPIC_EXCEPTION"
    assert create(NewTopic("shout", 1, config={"preallocate": "TRUE", "cleanup.policy": "compact"})) == "ok"
    more = [NewPartitions("placed", 3), NewPartitions("placed", 4)]
    assert outcome(admin.create_partitions(more)) == "INVALID_REQUEST"
    assert outcome(admin.delete_records([TopicPartition("shout", 0, -1)])) == "POLICY_VIOLATION"
    # What there is not is not set: a tool may take it away.
    gone = ConfigEntry("no.such.setting", "", incremental_operation=AlterConfigOpType.DELETE)
    resource = ConfigResource(ResourceType.TOPIC, "placed", incremental_configs=[gone])
    assert outcome(admin.incremental_alter_configs([resource])) == "ok"
    settings = admin.describe_configs([resource])[resource].result(SECONDS_MAX)
    assert list(settings["max.message.bytes"].synonyms) == ["message.max.bytes"], settings["max.message.bytes"].synonyms
    said = java(address, CONFIGS, "--describe", "--entity-type", "ips")
    assert "Exception" not in said, said


def case_confluents_admin_client_does_all_of_it(address):
    admin = AdminClient({"bootstrap.servers": address})
    new = NewTopic("admin", 3, 3, config={"cleanup.policy": "compact,delete", "retention.ms": "7200000"})
    admin.create_topics([new])["admin"].result(SECONDS_MAX)
    resource = ConfigResource(ResourceType.TOPIC, "admin")
    settings = admin.describe_configs([resource])[resource].result(SECONDS_MAX)
    assert len(settings) > 30, sorted(settings)
    assert settings["cleanup.policy"].value == "compact,delete" and not settings["cleanup.policy"].is_default
    assert settings["segment.bytes"].is_default and not settings["segment.bytes"].is_read_only
    entry = ConfigEntry("retention.ms", "3600000", incremental_operation=AlterConfigOpType.SET)
    changed = ConfigResource(ResourceType.TOPIC, "admin", incremental_configs=[entry])
    admin.incremental_alter_configs([changed])[changed].result(SECONDS_MAX)
    settings = admin.describe_configs([resource])[resource].result(SECONDS_MAX)
    assert settings["retention.ms"].value == "3600000" and settings["cleanup.policy"].value == "compact,delete"
    admin.create_partitions([NewPartitions("admin", 5)])["admin"].result(SECONDS_MAX)
    assert len(admin.list_topics("admin", timeout=SECONDS_MAX).topics["admin"].partitions) == 5
    produce(address, "admin", [(b"k", b"%d" % i) for i in range(20)], partition=4)
    before = TopicPartition("admin", 4, 15)
    deleted = admin.delete_records([before])[before].result(SECONDS_MAX)
    assert deleted.low_watermark == 15, deleted
    earliest = TopicPartition("admin", 4)
    found = admin.list_offsets({earliest: OffsetSpec.earliest()})[earliest].result(SECONDS_MAX)
    assert found.offset == 15, found
    broker = ConfigResource(ResourceType.BROKER, "1")
    settings = admin.describe_configs([broker])[broker].result(SECONDS_MAX)
    assert int(settings["transaction.max.timeout.ms"].value) >= 3_600_000
    assert settings["num.partitions"].is_read_only
    admin.delete_topics(["admin"])["admin"].result(SECONDS_MAX)


def case_a_compacted_topic_keeps_the_last_of_each_key(address):
    admin = AdminClient({"bootstrap.servers": address})
    config = {
        "cleanup.policy": "compact",
        "segment.ms": "1000",
        "min.cleanable.dirty.ratio": "0.01",
        "delete.retention.ms": "100",
    }
    admin.create_topics([NewTopic("compacted", 1, 1, config=config)])["compacted"].result(SECONDS_MAX)
    records = [(b"key %d" % (i % 10), b"value %d" % i) for i in range(1000)]
    produce(address, "compacted", [*records, (b"key 3", None)], codec="lz4")

    def is_compacted():
        # One more record now and then, so that there is a next file.
        produce(address, "compacted", [(b"tick", b"tock")])
        found = consume(address, "compacted")
        keys = [key for _, key, _ in found if key != b"tick"]
        return found if len(keys) == len(set(keys)) == 9 else None

    found = wait_until("the topic is compacted", is_compacted, SECONDS_MAX)
    kept = {key: (offset, value) for offset, key, value in found if key != b"tick"}
    assert kept[b"key 9"] == (999, b"value 999") and b"key 3" not in kept, kept
    said = subprocess.run(["kcat", "-C", "-e", "-q", "-b", address, "-t", "compacted", "-f", "%o %k=%s\n"],
                          capture_output=True, text=True, timeout=SECONDS_MAX, check=True).stdout
    assert "999 key 9=value 999\n" in said and "key 3" not in said, said


def case_records_without_a_key_are_refused_on_a_compacted_topic(address):
    admin = AdminClient({"bootstrap.servers": address})
    config = {"cleanup.policy": "compact"}
    admin.create_topics([NewTopic("keyed", 1, 1, config=config)])["keyed"].result(SECONDS_MAX)
    faults = []
    producer = Producer({"bootstrap.servers": address})
    producer.produce("keyed", b"no key", on_delivery=lambda error, _: faults.append(error))
    producer.flush(SECONDS_MAX)
    assert faults and "INVALID_RECORD" in faults[0].name(), faults


def case_large_messages_and_log_append_time(address):
    admin = AdminClient({"bootstrap.servers": address})
    config = {"max.message.bytes": str(20 << 20), "message.timestamp.type": "LogAppendTime"}
    admin.create_topics([NewTopic("large", 1, 1, config=config)])["large"].result(SECONDS_MAX)
    large = b"x" * (16 << 20)
    produce(address, "large", [(b"k", large)], timestamp=1)
    consumer = Consumer({"bootstrap.servers": address, "group.id": "large", "fetch.message.max.bytes": 32 << 20,
                         "receive.message.max.bytes": 200 << 20, "enable.auto.commit": False})
    consumer.assign([TopicPartition("large", 0, 0)])
    message = consumer.poll(SECONDS_MAX)
    assert message and not message.error() and message.value() == large
    kind, time = message.timestamp()
    assert kind == 2 and time > 1_700_000_000_000, (kind, time)
    consumer.close()


def case_the_command_line_does_what_kafkas_does(address):
    def run(*arguments, code=0):
        done = subprocess.run([BINARY, "topic", *arguments, "--kafka", address], capture_output=True, text=True, timeout=60)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    assert run("create", "own", "--partitions", "2", "--config", "retention.ms=5000000") == "Created topic own.\n"
    assert "own" in run("list").splitlines()
    said = run("describe", "own")
    assert "PartitionCount: 2\tReplicationFactor: 1\tConfigs: retention.ms=5000000" in said, said
    assert run("alter", "own", "--config", "cleanup.policy=compact", "--partitions", "3").startswith("Completed")
    described = json.loads(run("describe", "own", "--json"))
    assert described["configs"]["cleanup.policy"] == "compact" and len(described["partitions"]) == 3, described
    assert len(described["id"]) == 22 and f"TopicId: {described['id']}" in java(address, TOPICS, "--describe", "--topic", "own")
    assert run("alter", "own", "--delete-config", "cleanup.policy").startswith("Completed")
    assert "did you mean `cleanup.policy`?" in run("alter", "own", "--delete-config", "cleanup.polcy", code=2)
    produce(address, "own", [(b"k", b"v")] * 5, partition=0)
    assert run("delete-records", "own", "--partition", "0", "--before", "3") == "partition: own-0\tlow_watermark: 3\n"
    assert "retention.ms" in run("alter", "own", "--config", "retention.m=1", code=2)
    assert run("delete", "own") == "Deleted topic own.\n"
    assert "doesn't exist" in run("describe", "own", code=2)


def case_produce_and_consume_take_kcats_words(address):
    def run(*arguments, given=""):
        command = [BINARY, *arguments, "--kafka", address]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    run("produce", "words", "-K", ":", "-Z", "-H", "h=1", "-H", "h=2", given="a:1\nb:\n:3\n")
    said = run("consume", "words", "-e", "-Z", "NULL", "-f", "%t %p %o %k=%s %h\\n")
    assert said == "words 0 0 a=1 h=1,h=2\nwords 0 1 b=NULL h=1,h=2\nwords 0 2 NULL=3 h=1,h=2\n", said
    theirs = subprocess.run(["kcat", "-C", "-e", "-q", "-Z", "-b", address, "-t", "words", "-f", "%t %p %o %k=%s %h\n"],
                            capture_output=True, text=True, timeout=60, check=True).stdout
    assert theirs == said, theirs
    records = [json.loads(line) for line in run("consume", "words", "-e", "-J").splitlines()]
    assert records[1]["value"] is None and records[0]["headers"] == ["h", "1", "h", "2"], records
    assert run("consume", "words", "-e", "-o", "-1", "-K", "=", "-D", ";") == "=3;"
    since = f"s@{records[1]['timestamp']}"
    theirs = subprocess.run(["kcat", "-C", "-e", "-q", "-b", address, "-t", "words", "-o", since, "-f", "%o\n"],
                            capture_output=True, text=True, timeout=60, check=True).stdout
    assert run("consume", "words", "-e", "-o", since, "-f", "%o\\n") == theirs and theirs.split()[-1] == "2", theirs
    assert run("consume", "words", "-e", "-o", "s@99999999999999") == ""


def produce(address, topic, records, partition=0, codec="none", timestamp=0):
    faults = []
    settings = {"bootstrap.servers": address, "compression.type": codec, "message.max.bytes": 100 << 20, "linger.ms": 5}
    producer = Producer(settings)
    for key, value in records:
        acknowledged = lambda error, _: faults.append(error) if error else None  # noqa: E731
        producer.produce(topic, value, key, partition=partition, timestamp=timestamp, on_delivery=acknowledged)
    assert producer.flush(SECONDS_MAX) == 0 and not faults, faults[:3]


def consume(address, topic):
    """Offset, key and value of all records of partition 0."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "all", "enable.auto.commit": False,
                         "enable.partition.eof": True, "check.crcs": True})
    consumer.assign([TopicPartition(topic, 0, 0)])
    found = []
    while True:
        message = consumer.poll(SECONDS_MAX)
        assert message is not None, f"no end after {len(found)} records"
        if message.error():
            consumer.close()
            return found
        found.append((message.offset(), message.key(), message.value()))


def main():
    wanted = sys.argv[1:]
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    with tempfile.TemporaryDirectory(prefix="yeoul-topics") as folder:
        folder = pathlib.Path(folder)
        project = folder / "project"
        project.mkdir()
        (project / "yeoul.toml").write_text("[log]\nclean-interval-ms = 300\nretention-interval-ms = 300\n")
        with Yeoul("serve", "--data", folder / "data", cwd=project, log=folder / "log") as platform:
            for name, case in cases.items():
                if not wanted or name in wanted:
                    case(platform.kafka)
                    print(f"ok: {name.replace('_', ' ')}", flush=True)


if __name__ == "__main__":
    main()
