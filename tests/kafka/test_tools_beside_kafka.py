#!/usr/bin/env python3
"""Kafka's own command line tools, each subcommand run against Yeoul and against a real Kafka broker, what they print compared.

    tests/support/python tests/kafka/test_tools_beside_kafka.py [CASE ...] [--print]

Both get the same topics, records, groups and transactions first. Left out are ids, addresses, times, and the order of lines.
"""

import json
import pathlib
import re
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from confluent_kafka import Producer  # noqa: E402

from beside import main  # noqa: E402
from kafka_io import produce_lines  # noqa: E402
from tools_process import ToolsProcess  # noqa: E402

KAFKA = [
    "group.initial.rebalance.delay.ms=300", "offsets.topic.num.partitions=4", "transaction.state.log.num.partitions=4",
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users=User:ANONYMOUS",
]
YEOUL = """
[security]
super-users = ["User:ANONYMOUS"]
"""
PACKAGE = "org.apache.kafka.tools."
TOPICS, GROUPS, CONFIGS, ACLS = PACKAGE + "TopicCommand", PACKAGE + "consumer.group.ConsumerGroupCommand", "kafka.admin.ConfigCommand", PACKAGE + "AclCommand"
DELETE_RECORDS, OFFSETS, TRANSACTIONS = PACKAGE + "DeleteRecordsCommand", PACKAGE + "GetOffsetShell", PACKAGE + "TransactionsCommand"
ELECTION, LOG_DIRS, CLUSTER = PACKAGE + "LeaderElectionCommand", PACKAGE + "LogDirsCommand", PACKAGE + "ClusterTool"
VERSIONS, METRICS, ALL_GROUPS, FEATURES = PACKAGE + "BrokerApiVersionsCommand", PACKAGE + "ClientMetricsCommand", PACKAGE + "GroupsCommand", PACKAGE + "FeatureCommand"
# What is each cluster's own, and what takes its place.
OWN = [
    (r"TopicId: \S+", "TopicId: ID"), (r"(Configs: )min\.insync\.replicas=1,?", r"\1"), (r",min\.insync\.replicas=1", ""), (r"Epoch: \d+", "Epoch: N"), (r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)?", "TIME"), (r"Cluster ID: \S+", "Cluster ID: ID"),
    (r"127\.0\.0\.1:\d+|127\.0\.0\.1 +\(id: 1[^)]*\)", "ADDRESS"), (r"(?m)^1\s+127\.0\.0\.1\s+\d+", "1 ADDRESS"), (r" +", " "), (r" \n", "\n"),
]
NOISE = re.compile(r"^(SLF4J: |\tat |\s*$|Caused by: |\t\.\.\. \d+ more)")
# Kafka keeps offsets and transactions in topics, and sets this for all brokers where replicas may be eligible to lead (KIP-966).
KAFKAS_OWN = re.compile(r"__consumer_offsets|__transaction_state|DYNAMIC_DEFAULT_BROKER_CONFIG:min\.insync\.replicas=1|eligible\.leader\.replicas|kraft\.version|metadata\.version|share\.version|streams\.version")


def plain(text, leave_out):
    """The lines of an output that both clusters have to print, sorted."""
    for pattern, instead in OWN:
        text = re.sub(pattern, instead, text)
    lines = (line.rstrip() for line in text.splitlines() if not NOISE.match(line) and not KAFKAS_OWN.search(line))
    return sorted(kind_of(line) for line in lines if not (leave_out and re.search(leave_out, line)))


def kind_of(line):
    """A line; of an error its beginning and kind, not its words."""
    if not re.search(r"Error|Exception|Could not|error:", line):
        return line
    return " ".join([line.split(":")[0].strip().split("Error")[0], "Error", *re.findall(r"\w+Exception", line)])


class Tools:
    """Runs a tool against both, and compares."""

    def __init__(self, both, process):
        self.both, self.process = both, process

    def __call__(self, tool, *arguments, leave_out=None, words=None, subcommand=()):
        """`leave_out` matches lines that differ on purpose; with `words`, both only have to say these. A `subcommand` comes first."""
        answers = []
        for broker in self.both.brokers:
            code, out = self.process(tool, *subcommand, "--bootstrap-server", broker.address, *arguments)
            lines = plain(out, leave_out)
            answers.append({"exit": code, "lines": lines if words is None else [word for word in words if word in out]})
        self.both.compare(" ".join(map(str, (tool, *subcommand, *arguments))), [{"exit": it["exit"], "lines": "\n".join(it["lines"])} for it in answers])
        return answers

    def soon(self, tool, *arguments, has, leave_out=None):
        """Until both print a line with `has`, or for ten seconds."""
        deadline = time.monotonic() + 10
        for broker in self.both.brokers:
            while has not in self.process(tool, "--bootstrap-server", broker.address, *arguments)[1] and time.monotonic() < deadline:
                time.sleep(0.2)
        return self(tool, *arguments, leave_out=leave_out)


def with_tools(case):
    """A case that gets tools, and a folder for its files."""

    def run(both):
        with tempfile.TemporaryDirectory() as folder, ToolsProcess(folder) as process:
            case(both, Tools(both, process), pathlib.Path(folder))

    return run


def filled(both, partitions=1, records=5):
    """A topic whose records have the same times in both."""
    topic, _ = both.topic(partitions)
    began = int(time.time() * 1000) - 1000
    for broker in both.brokers:
        produce_lines(broker.address, topic, [f"line {number}".encode() for number in range(records)], began)
    return topic


@with_tools
def case_topics(both, run, folder):
    run(TOPICS, "--create", "--topic", "made", "--partitions", 3, "--replication-factor", 1, "--config", "retention.ms=60000", "--config", "cleanup.policy=compact")
    run(TOPICS, "--create", "--topic", "made"), run(TOPICS, "--create", "--topic", "made", "--if-not-exists")
    run(TOPICS, "--create", "--topic", "plain"), run(TOPICS, "--create", "--topic", "bad name"), run(TOPICS, "--create", "--topic", "wrong", "--config", "nope=1")
    run(TOPICS, "--create", "--topic", "assigned", "--replica-assignment", "1,1,1"), run(TOPICS, "--create", "--topic", "with.dot")
    time.sleep(0.5)
    run(TOPICS, "--list"), run(TOPICS, "--list", "--exclude-internal"), run(TOPICS, "--list", "--topic", "ma.*")
    for more in ([], ["--topic", "made"], ["--topic", "ma.*|plain"], ["--topic", "nope"], ["--topic", "nope", "--if-exists"], ["--under-replicated-partitions"],
                 ["--unavailable-partitions"], ["--under-min-isr-partitions"], ["--at-min-isr-partitions"], ["--topic", "made", "--partition-size-limit-per-response", 1]):
        run(TOPICS, "--describe", "--exclude-internal", *more) if more[:1] != ["--topic"] else run(TOPICS, "--describe", *more)
    run(TOPICS, "--alter", "--topic", "made", "--partitions", 5), run(TOPICS, "--alter", "--topic", "made", "--partitions", 2), run(TOPICS, "--alter", "--topic", "nope", "--partitions", 2)
    run.soon(TOPICS, "--describe", "--topic", "made", has="Partition: 4")
    run(TOPICS, "--delete", "--topic", "made"), run(TOPICS, "--delete", "--topic", "nope"), run(TOPICS, "--delete", "--topic", "nope", "--if-exists")
    time.sleep(0.5)
    run(TOPICS, "--list", "--exclude-internal")
    run(TOPICS, "--nope"), run(TOPICS)


@with_tools
def case_settings(both, run, folder):
    topic = filled(both)
    of_topic = ["--entity-type", "topics", "--entity-name", topic]
    others = r"flush\.messages=|message\.timestamp\.after\.max\.ms=|min\.insync\.replicas="
    run(CONFIGS, "--describe", *of_topic), run(CONFIGS, "--describe", *of_topic, "--all", leave_out=others)
    for change in ("retention.ms=5000,segment.ms=6000", "cleanup.policy=[compact,delete]", "nope=1", "retention.ms=x", "retention.ms="):
        run(CONFIGS, "--alter", *of_topic, "--add-config", change)
    time.sleep(0.3)
    run(CONFIGS, "--describe", *of_topic)
    run(CONFIGS, "--alter", *of_topic, "--delete-config", "retention.ms"), run(CONFIGS, "--alter", *of_topic, "--delete-config", "nope")
    run(CONFIGS, "--alter", *of_topic, "--add-config", "segment.ms=7000", "--delete-config", "cleanup.policy")
    (folder / "more.properties").write_text("max.message.bytes=2000\n")
    run(CONFIGS, "--alter", *of_topic, "--add-config-file", folder / "more.properties")
    time.sleep(0.3)
    run(CONFIGS, "--describe", *of_topic), run(CONFIGS, "--describe", "--topic", topic), run(CONFIGS, "--describe", "--topic", "nope"), run(CONFIGS, "--alter", "--topic", "nope", "--add-config", "segment.ms=7000")
    run(CONFIGS, "--describe", "--entity-type", "topics", leave_out="__")
    run(CONFIGS, "--describe", "--entity-type", "brokers"), run(CONFIGS, "--describe", "--entity-type", "brokers", "--entity-default")
    of_group = ["--entity-type", "groups", "--entity-name", "some"]
    run(CONFIGS, "--alter", *of_group, "--add-config", "consumer.session.timeout.ms=50000"), run(CONFIGS, "--alter", *of_group, "--add-config", "consumer.session.timeout.ms=1")
    time.sleep(0.3)
    run(CONFIGS, "--describe", *of_group, leave_out="share|streams"), run(CONFIGS, "--describe", "--group", "some", "--all", leave_out="share|streams")
    run(CONFIGS, "--alter", *of_group, "--delete-config", "consumer.session.timeout.ms")
    for kind in (["--user", "alice"], ["--client-id", "one"], ["--user", "alice", "--client-id", "one"], ["--user-defaults"], ["--client-defaults"]):
        run(CONFIGS, "--alter", *kind, "--add-config", "producer_byte_rate=1024,consumer_byte_rate=2048")
        time.sleep(0.3)
        run(CONFIGS, "--describe", *kind)
    run(CONFIGS, "--describe", "--entity-type", "users"), run(CONFIGS, "--describe", "--entity-type", "clients"), run(CONFIGS, "--describe", "--entity-type", "users", "--entity-type", "clients")
    run(CONFIGS, "--alter", "--user", "alice", "--delete-config", "producer_byte_rate"), run(CONFIGS, "--alter", "--user", "alice", "--delete-config", "nope")
    run(CONFIGS, "--alter", "--user", "alice", "--add-config", "SCRAM-SHA-256=[iterations=8192,password=secret]")
    time.sleep(0.3)
    run(CONFIGS, "--describe", "--user", "alice"), run(CONFIGS, "--alter", "--user", "alice", "--delete-config", "SCRAM-SHA-256"), run(CONFIGS, "--alter", "--user", "bob", "--delete-config", "SCRAM-SHA-512")


@with_tools
def case_groups(both, run, folder):
    topic, other = filled(both, 3, 8), filled(both)
    group = both.name("group")
    where = ["--group", group]
    run(GROUPS, "--list"), run(GROUPS, "--describe", "--group", "nope"), run(GROUPS, "--describe", *where, "--state")
    reset = lambda *how, of=topic, end="--execute": run(GROUPS, "--reset-offsets", *where, "--topic", of, *how, end)  # noqa: E731
    reset("--to-earliest", end="--dry-run"), reset("--to-latest"), reset("--to-earliest", of=other)
    run(GROUPS, "--describe", *where), run(GROUPS, "--describe", *where, "--offsets", "--verbose"), run(GROUPS, "--describe", *where, "--members"), run(GROUPS, "--describe", *where, "--members", "--verbose")
    run(GROUPS, "--describe", *where, "--state"), run(GROUPS, "--describe", "--all-groups"), run(GROUPS, "--describe", "--all-groups", "--state")
    for how in (["--to-earliest"], ["--shift-by", 3], ["--shift-by", -1], ["--shift-by", 1000], ["--to-offset", 4], ["--to-offset", 1000], ["--to-offset", -5], ["--to-current"], ["--by-duration", "P1D"],
                ["--to-datetime", "2020-01-01T00:00:00.000"], ["--to-datetime", "2099-01-01T00:00:00.000"], ["--to-datetime", "nonsense"]):
        reset(*how)
    reset("--to-earliest", of=f"{topic}:1,2"), reset("--to-earliest", of="nope")
    (folder / "reset.csv").write_text(f"{topic},0,2\n{topic},1,0\n")
    run(GROUPS, "--reset-offsets", *where, "--from-file", folder / "reset.csv", "--execute"), run(GROUPS, "--reset-offsets", *where, "--all-topics", "--to-latest", "--export", "--dry-run")
    run(GROUPS, "--reset-offsets", *where, "--all-topics", "--to-earliest", "--execute"), run(GROUPS, "--reset-offsets", "--all-groups", "--all-topics", "--to-latest", "--execute")
    run(GROUPS, "--list"), run(GROUPS, "--list", "--state"), run(GROUPS, "--list", "--type"), run(GROUPS, "--list", "--state", "Empty"), run(GROUPS, "--list", "--state", "Stable"), run(GROUPS, "--list", "--type", "classic")
    run(GROUPS, "--list", "--type", "consumer"), run(GROUPS, "--list", "--state", "nope"), run(GROUPS, "--list", "--type", "share")
    run(ALL_GROUPS, "--list"), run(ALL_GROUPS, "--list", "--consumer"), run(ALL_GROUPS, "--list", "--group-type", "classic"), run(ALL_GROUPS, "--list", "--group-type", "consumer"), run(ALL_GROUPS, "--list", "--protocol", "nope"), run(ALL_GROUPS, "--list", "--share")
    run(GROUPS, "--delete-offsets", *where, "--topic", other), run(GROUPS, "--delete-offsets", *where, "--topic", f"{topic}:0"), run(GROUPS, "--delete-offsets", *where, "--topic", "nope"), run(GROUPS, "--delete-offsets", "--group", "nope", "--topic", topic)
    run(GROUPS, "--describe", *where)
    run(GROUPS, "--validate-regex", "a.*"), run(GROUPS, "--validate-regex", "a(")
    run(GROUPS, "--delete", *where), run(GROUPS, "--delete", *where), run(GROUPS, "--delete", "--group", "nope"), run(GROUPS, "--delete", "--all-groups")
    run(GROUPS, "--list")


@with_tools
def case_records_and_offsets(both, run, folder):
    topic, _ = filled(both, 2, 6), filled(both)
    for more in ([], ["--topic", topic], ["--topic-partitions", f"{topic}:0"], ["--topic", topic, "--partitions", "0,1"], ["--topic", "nope"], ["--time", "earliest", "--topic", topic], ["--time", -1, "--topic", topic],
                 ["--time", "max-timestamp", "--topic", topic], ["--time", "earliest-local", "--topic", topic], ["--time", "latest-tiered", "--topic", topic], ["--time", 5, "--topic", topic], ["--time", 1 << 50, "--topic", topic], ["--time", "nope"]):
        run(OFFSETS, "--exclude-internal-topics", *more)
    partition = {"topic": topic, "partition": 0}
    for offset in (3, -1, 99, 0):
        (folder / "offsets.json").write_text(json.dumps({"partitions": [{**partition, "offset": offset}], "version": 1}))
        run(DELETE_RECORDS, "--offset-json-file", folder / "offsets.json")
    for text in ("{}", '{"partitions": [], "version": 9}'):
        (folder / "offsets.json").write_text(text)
        run(DELETE_RECORDS, "--offset-json-file", folder / "offsets.json")
    run(OFFSETS, "--topic", topic, "--time", "earliest")
    run(LOG_DIRS, "--describe", "--topic-list", topic, words=[topic, '"error":null', '"isFuture":false', '"broker":1'])
    run(LOG_DIRS, "--describe", "--topic-list", topic, "--broker-list", 1, words=[topic]), run(LOG_DIRS, "--describe", "--broker-list", 9), run(LOG_DIRS, "--describe", "--topic-list", "nope", words=["nope", "error"])
    (folder / "election.json").write_text(json.dumps({"partitions": [partition]}))
    for kind in ("PREFERRED", "UNCLEAN", "nope"):
        run(ELECTION, "--election-type", kind, "--topic", topic, "--partition", 0), run(ELECTION, "--election-type", kind, "--path-to-json-file", folder / "election.json")
    run(ELECTION, "--election-type", "preferred", "--topic", "nope", "--partition", 0), run(ELECTION, "--election-type", "preferred", "--all-topic-partitions", leave_out="__")


def opened(address, name, topic):
    """A producer with a transaction in a topic."""
    producer = Producer({"bootstrap.servers": address, "transactional.id": name, "transaction.timeout.ms": 60_000, "log_level": 0})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topic, b"open")
    assert producer.flush(10) == 0, f"`{topic}` does not take the record"
    return producer


@with_tools
def case_transactions(both, run, folder):
    topic, other, name = filled(both), filled(both), "payments"
    # Kept until the end: what they have open stays open.
    producers = [opened(broker.address, *of) for broker in both.brokers for of in ((name, topic), ("hanging", other))]
    run(TRANSACTIONS, "list", words=[name, "Ongoing"]), run(TRANSACTIONS, "list", "--duration-filter", 3_600_000), run(TRANSACTIONS, "list", "--transactional-id-pattern", "x.*")
    run(TRANSACTIONS, "describe", "--transactional-id", name, words=[name, "60000", "Ongoing", f"{topic}-0"]), run(TRANSACTIONS, "describe", "--transactional-id", "nope")
    run(TRANSACTIONS, "describe-producers", "--topic", topic, "--partition", 0, words=["ProducerId", "CurrentTransactionStartOffset"])
    run(TRANSACTIONS, "find-hanging", "--broker-id", 1), run(TRANSACTIONS, "find-hanging", "--topic", topic), run(TRANSACTIONS, "find-hanging")
    run(TRANSACTIONS, "force-terminate", "--transactional-id", name), run(TRANSACTIONS, "force-terminate", "--transactional-id", "nope")
    run.soon(TRANSACTIONS, "describe", "--transactional-id", name, has="CompleteAbort", leave_out=name)
    run(TRANSACTIONS, "list", words=["CompleteAbort", "Ongoing"]), run(OFFSETS, "--topic", topic)
    run(TRANSACTIONS, "abort", "--topic", other, "--partition", 0, "--start-offset", 99), run(TRANSACTIONS, "abort", "--topic", other, "--partition", 0, "--start-offset", 5)
    run(OFFSETS, "--topic", other), run(TRANSACTIONS, "describe-producers", "--topic", other, "--partition", 0, words=["None"])
    assert len(producers) == 4


@with_tools
def case_acls(both, run, folder):
    rule = ["--allow-principal", "User:alice"]
    run(ACLS, "--list")
    for more in (["--operation", "Read", "--topic", "one"], ["--producer", "--topic", "one"], ["--consumer", "--topic", "one", "--group", "g"], ["--producer", "--topic", "t", "--transactional-id", "x", "--idempotent"],
                 ["--operation", "All", "--cluster"], ["--operation", "Describe", "--topic", "pre", "--resource-pattern-type", "prefixed"], ["--operation", "Read", "--group", "*"], ["--operation", "Write", "--topic", "one", "--allow-host", "10.0.0.1"],
                 ["--operation", "nope", "--topic", "one"], ["--operation", "Read", "--cluster"], ["--operation", "Create", "--group", "g"]):
        run(ACLS, "--add", *rule, *more)
    run(ACLS, "--add", "--deny-principal", "User:eve", "--deny-host", "10.0.0.2", "--operation", "Read", "--topic", "one"), run(ACLS, "--add", "--allow-principal", "nobody", "--operation", "Read", "--topic", "one")
    time.sleep(0.3)
    run(ACLS, "--list"), run(ACLS, "--list", "--topic", "one"), run(ACLS, "--list", "--principal", "User:eve"), run(ACLS, "--list", "--topic", "prefix", "--resource-pattern-type", "match"), run(ACLS, "--list", "--topic", "one", "--resource-pattern-type", "any")
    run(ACLS, "--remove", "--force", *rule, "--operation", "Read", "--topic", "one"), run(ACLS, "--remove", "--force", "--topic", "pre", "--resource-pattern-type", "prefixed"), run(ACLS, "--remove", "--force", "--topic", "nope")
    time.sleep(0.3)
    run(ACLS, "--list")


@with_tools
def case_the_cluster(both, run, folder):
    run(CLUSTER, subcommand=["cluster-id"]), run(CLUSTER, subcommand=["list-endpoints"])
    run(VERSIONS, words=["(id: 1", "Produce(0)", "Fetch(1)", "ApiVersions(18)"])
    for more in (["--list"], ["--describe"], ["--describe", "--name", "x"]):
        run(METRICS, *more)
    run(FEATURES, "describe"), run(FEATURES, "version-mapping")


if __name__ == "__main__":
    main(globals(), __doc__, KAFKA, YEOUL)
