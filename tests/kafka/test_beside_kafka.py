#!/usr/bin/env python3
"""Yeoul's answers beside a real Kafka broker's, request by request and field by field, by Kafka's own schemas.

    tests/support/python tests/kafka/test_beside_kafka.py [CASE ...] [--print]

Each case sends the same requests, good and bad ones, to both, and compares the responses but for what can't be the same
(ids, addresses, texts of errors). Starts `yeoul run` (YEOUL_BIN) on a new folder, and the reference broker.
"""

import gzip
import pathlib
import sys
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from beside import main, settings_sorted  # noqa: E402
from protocol import base64_of, batch, record  # noqa: E402

SETTINGS = ["group.initial.rebalance.delay.ms=300", "offsets.topic.num.partitions=4", "transaction.state.log.num.partitions=4"]
UNKNOWN_ID = base64_of(b"\0" * 15 + b"\3").rstrip("=")


def case_the_versions_of_the_protocol_name_their_client(both):
    features = {"apiKeys", "supportedFeatures", "finalizedFeatures", "finalizedFeaturesEpoch"}
    for name, software in (("a", "1"), ("", "1"), ("-a", "1"), ("a.b-c", "1-2"), ("a", ""), ("a b", "1")):
        both.same("API_VERSIONS", 4, {"clientSoftwareName": name, "clientSoftwareVersion": software}, leave_out=features)


def case_topics_are_created_or_refused_alike(both):
    def create(name, partitions=1, replicas=1, configs=(), assigned=(), version=7, only_validate=False):
        configs = [{"name": key, "value": value} for key, value in configs]
        assigned = [{"partitionIndex": index, "brokerIds": brokers} for index, brokers in assigned]
        topic = {"name": name, "numPartitions": partitions, "replicationFactor": replicas, "configs": configs, "assignments": assigned}
        body = {"topics": [topic], "timeoutMs": 5000, "validateOnly": only_validate}
        both.same("CREATE_TOPICS", version, body, order=settings_sorted)

    new = lambda: both.name("made")  # noqa: E731
    for version in range(2, 8):
        create(new(), version=version, only_validate=version == 4)
    for name in ("", "a/b", ".", "..", "x" * 250):
        create(name)
    for partitions, replicas in ((0, 1), (-2, 1), (-1, -1), (1, 0)):
        create(new(), partitions, replicas)
    create("of.one_name"), create("of_one.name"), create("of.one_name")
    for assigned in ([(1, [1])], [(0, [])], [(0, [1, 1])], [(0, [-1])], [(0, [1]), (0, [1])], [(0, [1])]):
        create(new(), -1, -1, assigned=assigned)
    create(new(), 2, -1, assigned=[(0, [1])]), create(new(), -1, 1, assigned=[(0, [1])])
    for config in (
        ("nope", "1"), ("retention.ms", "abc"), ("retention.ms", None), ("cleanup.policy", "x"), ("cleanup.policy", ""), ("cleanup.policy", "delete,compact"),
        ("compression.type", "foo"), ("min.insync.replicas", "0"), ("segment.bytes", "10"), ("max.message.bytes", "-1"), ("min.cleanable.dirty.ratio", "1.5"),
        ("leader.replication.throttled.replicas", "x"), ("leader.replication.throttled.replicas", "0:1,1:1"), ("leader.replication.throttled.replicas", "*"),
    ):
        create(new(), configs=[config])
    create(new(), configs=[("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "5")])


def case_settings_are_changed_or_refused_alike(both):
    topic, _ = both.topic()

    def describe(keys=None):
        time.sleep(0.2)  # a change is told, then comes to Kafka's broker
        body = {"resources": [{"resourceType": 2, "resourceName": topic, "configurationKeys": keys}], "includeSynonyms": True}
        both.same("DESCRIBE_CONFIGS", 4, body, order=settings_sorted)

    def change(*configs, name=topic, times=1):
        configs = [{"name": key, "configOperation": operation, "value": value} for key, operation, value in configs]
        resource = {"resourceType": 2, "resourceName": name, "configs": configs}
        for only_validate in (True, False):
            both.same("INCREMENTAL_ALTER_CONFIGS", 1, {"resources": [resource] * times, "validateOnly": only_validate})

    describe()
    for changes in (
        [("retention.ms", 0, "5")], [("retention.ms", 1, None)], [("retention.ms", 2, "5")], [("nope", 0, "5")], [("nope", 1, None)], [("retention.ms", 0, None)],
        [("retention.ms", 0, "")], [("cleanup.policy", 2, "compact")], [("cleanup.policy", 3, "delete")], [("cleanup.policy", 3, "compact")],
        [("cleanup.policy", 0, "delete")], [("cleanup.policy", 2, "shred")], [("retention.ms", 0, "1"), ("retention.ms", 0, "2")],
        [("retention.ms", 0, "1"), ("nope", 0, "1")], [("min.compaction.lag.ms", 0, "100"), ("max.compaction.lag.ms", 0, "50")],
        [("leader.replication.throttled.replicas", 2, "0:1")], [("leader.replication.throttled.replicas", 0, "x")], [],
    ):
        change(*changes)
    describe()
    change(("retention.ms", 0, "5"), name=""), change(("retention.ms", 0, "5"), name="nope"), change(times=2)
    for configs in ([("retention.ms", "7")], [("segment.ms", "8")], [("retention.ms", None)], [("segment.ms", "1"), ("segment.ms", "2")], []):
        configs = [{"name": key, "value": value} for key, value in configs]
        both.same("ALTER_CONFIGS", 2, {"resources": [{"resourceType": 2, "resourceName": topic, "configs": configs}]})
        describe()


def case_topics_are_found_changed_and_deleted_alike(both):
    topic, ids = both.topic(2)
    order = lambda it: {**it, "topics": [{**t, "partitions": sorted(t["partitions"], key=lambda p: p["partitionIndex"])} for t in it["topics"]]}  # noqa: E731
    for names in ([topic], [topic, topic], ["bad name"], ["nope"], [""]):
        asked = [{"name": name} for name in names]
        both.same("METADATA", 13, {"topics": asked, "allowAutoTopicCreation": False}, order=order)
        if names != [""]:
            both.same("DESCRIBE_TOPIC_PARTITIONS", 0, {"topics": asked, "responsePartitionLimit": 100}, leave_out={"topicAuthorizedOperations"})
    both.same("METADATA", 12, {"topics": [{"name": None, "topicId": UNKNOWN_ID}]})
    both.same("METADATA", 11, {"topics": [{"name": None, "topicId": UNKNOWN_ID}]}, leave_out={"controllerId", "brokers"})
    for count, assigned in ((1, None), (3, [[1], [1]]), (3, []), (3, [[]]), (3, [[1, 1]]), (3, [[1]]), (3, None)):
        assigned = None if assigned is None else [{"brokerIds": brokers} for brokers in assigned]
        body = {"topics": [{"name": topic, "count": count, "assignments": assigned}], "timeoutMs": 5000}
        both.same("CREATE_PARTITIONS", 3, body)
    for kind in (1, 2, 9):
        both.same("DESCRIBE_CLUSTER", 2, {"endpointType": kind}, leave_out={"brokers", "controllerId"})
    for kind in (0, 1, 9):
        both.same("ELECT_LEADERS", 2, {"electionType": kind, "topicPartitions": [{"topic": topic, "partitions": [0]}], "timeoutMs": 5000})
    by_id = [{"name": None, "topicId": it} for it in ids]
    for states in (lambda it: [{**it, "name": topic}], lambda it: [it, it], lambda _: [{"name": None}], lambda _: [{"name": topic}] * 2, lambda _: [{"name": "nope"}], lambda it: [it], lambda it: [it]):
        both.same("DELETE_TOPICS", 6, *({"topics": states(it), "timeoutMs": 5000} for it in by_id))


def case_batches_are_taken_or_refused_alike(both):
    topic, ids = both.topic()
    now = int(time.time() * 1000)

    def produce(data, version=9, topic=topic, partition=0, acks=-1, by_id=ids, leave_out=()):
        bodies = []
        for it in by_id:
            named = {"topicId": it} if version >= 13 else {"name": topic}
            records = {**named, "partitionData": [{"index": partition, "records": base64_of(data)}]}
            bodies.append({"acks": acks, "timeoutMs": 5000, "transactionalId": None, "topicData": [records]})
        both.same("PRODUCE", version, *bodies, leave_out=leave_out)

    for version in range(3, 14):
        produce(batch(record(0), record(1)), version)
    produce(batch(), 13, by_id=[UNKNOWN_ID] * 2), produce(batch(), 13, by_id=[base64_of(bytes(16)).rstrip("=")] * 2)
    produce(batch(), topic="nope"), produce(batch(), partition=9), produce(batch(), acks=2)
    two = (record(0), record(1))
    packed = gzip.compress(b"".join(two))
    for data in (
        b"", batch()[:-1], batch() + batch(), batch(crc=1), batch(magic=0), batch(magic=1), batch(magic=3), batch(length=10), batch(length=-1), batch(length=5000),
        batch(count=0, last=0, payload=b""), batch(last=5), batch(*two, count=3, last=2), batch(*two, count=1, last=0), batch(attributes=0x20),
        batch(attributes=0x10, producer=(5, 0, 0)), batch(*two, attributes=1, payload=packed), batch(record(key=None, value=None)), batch(record(key=b"", value=b"")),
        batch(record(headers=[(b"a", None), (b"a", b""), (b"", b"x")])), batch(timestamp=-1), batch(timestamp=0), batch(record(value=b"x" * 1_048_588)),
    ):
        produce(data)
    produce(batch(base_offset=77), leave_out={"logStartOffset"})
    produce(batch(attributes=4), 6)
    compacted, _ = both.topic(cleanup_policy="compact")
    produce(batch(record(0, None), record(1, b"a"), record(2, None)), topic=compacted)
    bounded, _ = both.topic(message_timestamp_before_max_ms="1000", message_timestamp_after_max_ms="1000")
    for data in (batch(timestamp=now - 100_000), batch(timestamp=now + 100_000), batch(timestamp=-1), batch(record(0), record(1, timestamp=-100_000))):
        produce(data, topic=bounded)
    small, _ = both.topic(max_message_bytes="100")
    produce(batch(*(record(at) for at in range(5))), topic=small)


def case_sequences_of_a_producer_are_kept_alike(both):
    topic, _ = both.topic(2)
    ask = {"transactionalId": None, "transactionTimeoutMs": 0, "producerId": -1, "producerEpoch": -1}

    def new_producer():
        return [it["producerId"] for it in both.same("INIT_PRODUCER_ID", 4, ask, ready=True)]

    def produce(ids, epoch, sequence, count=1, partition=0):
        bodies = []
        for it in ids:
            data = base64_of(batch(*(record(at) for at in range(count)), producer=(it, epoch, sequence)))
            bodies.append({"acks": -1, "timeoutMs": 5000, "topicData": [{"name": topic, "partitionData": [{"index": partition, "records": data}]}]})
        # Kafka tells a duplicate's timestamp as if it were the log's.
        both.same("PRODUCE", 9, *bodies, leave_out={"logAppendTimeMs"})

    ids = new_producer()
    for epoch, sequence, count in ((0, 0, 2), (0, 0, 2), (0, 5, 1), (0, 1, 2), (0, 2, 1), (0, 3, 1), (0, 2, 1), (1, 5, 1), (1, 0, 1), (0, 4, 1)):
        produce(ids, epoch, sequence, count)
    produce(new_producer(), 0, 5), produce(new_producer(), 3, 0, partition=1)


def case_offsets_are_found_alike(both):
    topic, ids = both.topic(2)
    now = int(time.time() * 1000) - 1000
    for broker in both.brokers:
        for data in (batch(*(record(at) for at in range(3)), timestamp=now), batch(record(0, timestamp=20), record(1, timestamp=5), timestamp=now)):
            broker("PRODUCE", 9, {"acks": -1, "timeoutMs": 5000, "topicData": [{"name": topic, "partitionData": [{"index": 0, "records": base64_of(data)}]}]})
    for version in range(1, 11):
        for when in (-1, -2, -3, -4, -5, now, now + 5, now + 21):
            both.same("LIST_OFFSETS", version, {"replicaId": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "timestamp": when}]}]})
    for epoch in (-1, 0, 1, 5):
        asked = {"topic": topic, "partitions": [{"partition": 0, "currentLeaderEpoch": -1, "leaderEpoch": epoch}]}
        both.same("OFFSET_FOR_LEADER_EPOCH", 4, {"topics": [asked]})
    for offset in (3, 0, 2, -2, 99, -1):
        both.same("DELETE_RECORDS", 2, {"topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "offset": offset}]}], "timeoutMs": 5000})
    both.same("LIST_OFFSETS", 10, {"replicaId": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "timestamp": -2}]}]})


def case_fetch_sessions_go_alike(both):
    topic, ids = both.topic(2)

    def fetch(offset=None, partition=0, session=(0, 0), epoch=-1, version=12, by_id=ids):
        bodies = []
        for it, own in zip(by_id, session):
            partitions = [{"partition": partition, "fetchOffset": offset, "partitionMaxBytes": 1 << 20}]
            named = {"topicId": it} if version >= 13 else {"topic": topic}
            topics = [] if offset is None else [{**named, "partitions": partitions}]
            bodies.append({"maxWaitMs": 50, "minBytes": 1, "maxBytes": 1 << 20, "sessionId": own, "sessionEpoch": epoch, "replicaId": -1, "topics": topics})
        return [it["sessionId"] for it in both.same("FETCH", version, *bodies, leave_out={"abortedTransactions"})]

    for version in range(7, 15):
        fetch(0, version=version)
    fetch(5), fetch(0, partition=9), fetch(0, version=13, by_id=[base64_of(bytes(16)).rstrip("=")] * 2), fetch(0, version=13, by_id=[UNKNOWN_ID] * 2)
    session = fetch(0, epoch=0)
    fetch(session=session, epoch=1), fetch(session=session, epoch=9), fetch(0, 1, session, 2), fetch(session=session, epoch=3)
    fetch(session=(123456, 123456), epoch=1)
    named = fetch(0, epoch=0, version=13)
    fetch(session=named, epoch=1, version=12)


def case_groups_refuse_alike(both):
    topic, _ = both.topic(2)
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    joining = {"sessionTimeoutMs": 10_000, "rebalanceTimeoutMs": 10_000, "protocolType": "consumer", "protocols": [{"name": "range", "metadata": ""}]}

    def join(group, members, instance=None):
        bodies = [{"groupId": group, "memberId": it, "groupInstanceId": instance, **joining} for it in members]
        return [(it["memberId"], it["generationId"]) for it in both.same("JOIN_GROUP", 9, *bodies, ready=True)]

    def sync(group, members, instance=None):
        bodies = []
        for member, generation in members:
            assigned = [{"memberId": member, "assignment": base64_of(b"mine")}]
            named = {"groupId": group, "memberId": member, "generationId": generation, "groupInstanceId": instance}
            bodies.append({**named, "protocolType": "consumer", "protocolName": "range", "assignments": assigned})
        both.same("SYNC_GROUP", 5, *bodies)

    group = both.name("group")
    new = join(group, ["", ""])
    members = join(group, [it for it, _ in new])
    both.same("DESCRIBE_GROUPS", 6, {"groups": [group]}, leave_out={"clientHost"})
    sync(group, members)
    both.same("DESCRIBE_GROUPS", 6, {"groups": [group, "nope"], "includeAuthorizedOperations": True}, leave_out={"clientHost"}, order=lambda it: sorted(it["groups"], key=str))
    for name in (group, "", "nope"):
        both.same("HEARTBEAT", 4, {"groupId": name, "memberId": "x", "generationId": 1})
        both.same("LEAVE_GROUP", 5, {"groupId": name, "members": [{"memberId": "x"}]})
        both.same("OFFSET_DELETE", 0, {"groupId": name or "", "topics": []}) if name != group else None
        for version in (8, 9):
            for generation in (-1, 0, 7):
                committed = [{"name": topic, "partitions": [{"partitionIndex": 0, "committedOffset": 1, "committedMetadata": ""}]}]
                body = {"groupId": name and f"{name}-{generation}", "memberId": "", "generationIdOrMemberEpoch": generation, "topics": committed}
                both.same("OFFSET_COMMIT", version, body)
    static = both.name("group")
    members = join(static, ["", ""], "one")
    sync(static, members, "one")
    both.same("LEAVE_GROUP", 5, {"groupId": static, "members": [{"memberId": "x", "groupInstanceId": "one"}]})
    join(static, ["", ""], "one")
    own_id = base64_of(uuid.uuid4().bytes)
    for epoch in (-3, -2, -1, 5):
        both.same("CONSUMER_GROUP_HEARTBEAT", 1, {"groupId": "nope", "memberId": own_id, "memberEpoch": epoch, "rebalanceTimeoutMs": -1, "topicPartitions": None})
    join = {"groupId": "joined", "memberId": own_id, "memberEpoch": 0, "rebalanceTimeoutMs": 60_000, "subscribedTopicNames": ["none"], "topicPartitions": []}
    # What librdkafka sends where it leaves and subscribes again at once, first: `topicPartitions` is left out.
    for change in ({"topicPartitions": None}, {"rebalanceTimeoutMs": -1}, {"subscribedTopicNames": None}):
        both.same("CONSUMER_GROUP_HEARTBEAT", 1, join | change)
    for name in ("", "nope"):
        both.same("CONSUMER_GROUP_DESCRIBE", 1, {"groupIds": [name], "includeAuthorizedOperations": True})


def case_transactions_that_take_too_long_are_ended_alike(both):
    topic, ids = both.topic()
    both.same("FIND_COORDINATOR", 4, {"keyType": 1, "coordinatorKeys": ["any"]}, ready=True)

    def init(name, known=None, timeout=60_000):
        known = known or [(-1, -1)] * 2
        bodies = [{"transactionalId": name, "transactionTimeoutMs": timeout, "producerId": it, "producerEpoch": epoch} for it, epoch in known]
        return [(it["producerId"], it["producerEpoch"]) for it in both.same("INIT_PRODUCER_ID", 5, *bodies, ready=True)]

    def produce(name, producers, sequence):
        bodies = []
        for it, (producer, epoch) in zip(ids, producers):
            data = base64_of(batch(producer=(producer, epoch, sequence), attributes=0x10))
            bodies.append({"acks": -1, "timeoutMs": 5000, "transactionalId": name, "topicData": [{"name": topic, "partitionData": [{"index": 0, "records": data}]}]})
        both.same("PRODUCE", 12, *bodies, ready=True)

    def end(name, producers, commit, version=5):
        both.same("END_TXN", version, *({"transactionalId": name, "producerId": it, "producerEpoch": epoch, "committed": commit} for it, epoch in producers))

    names = [both.name("late") for _ in range(4)]
    late = [(name, init(name, timeout=1000)) for name in names]
    for name, producers in late:
        produce(name, producers, 0)
    time.sleep(14)  # Kafka looks every ten seconds
    (first, aborting), (second, committing), (third, asking), (fourth, old) = late
    produce(first, aborting, 1), end(first, aborting, False), end(first, aborting, False)
    end(second, committing, True)
    again = init(third, asking)
    produce(third, again, 0), end(third, again, True)
    end(fourth, old, False, version=4), init(fourth), init(fourth, old)
    for version in (3, 5):
        end("", old, True, version)
    both.same("DESCRIBE_TRANSACTIONS", 0, {"transactionalIds": ["", "nope"]}, order=lambda it: sorted(it["transactionStates"], key=str))


def case_users_and_quotas_are_changed_or_refused_alike(both):
    def credentials(upserted, deleted=()):
        salted = lambda mechanism: {"salt": base64_of(b"salt"), "saltedPassword": base64_of(b"x" * 32 * mechanism)}  # noqa: E731
        upserted = [{"name": name, "mechanism": mechanism, "iterations": rounds, **salted(mechanism)} for name, mechanism, rounds in upserted]
        deleted = [{"name": name, "mechanism": mechanism} for name, mechanism in deleted]
        both.same("ALTER_USER_SCRAM_CREDENTIALS", 0, {"upsertions": upserted, "deletions": deleted})

    for upserted, deleted in (([("u", 1, 4096)], []), ([("u", 1, 10)], []), ([("u", 9, 4096)], []), ([("", 1, 4096)], []), ([], [("nope", 1)])):
        credentials(upserted, deleted)
    for operations in ([("producer_byte_rate", 1000.0)], [("nope", 1.0)], [("producer_byte_rate", -1.0)], [("producer_byte_rate", 0.5)], [("request_percentage", 0.5)], [("consumer_byte_rate", 1.0)] * 2):
        operations = [{"key": key, "value": value, "remove": False} for key, value in operations]
        entry = {"entity": [{"entityType": "user", "entityName": "u"}], "ops": operations}
        both.same("ALTER_CLIENT_QUOTAS", 1, {"entries": [entry], "validateOnly": False})


if __name__ == "__main__":
    main(globals(), __doc__, SETTINGS)
