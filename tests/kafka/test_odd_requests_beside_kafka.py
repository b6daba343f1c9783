#!/usr/bin/env python3
"""Requests that no client sends on purpose, to Yeoul and to a real Kafka broker: things named twice, numbers below what means
"none", what isn't there, changes of settings of the wrong kind. The answers are compared field by field.

    tests/support/python tests/kafka/test_odd_requests_beside_kafka.py [CASE ...] [--print]
"""

import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from beside import main, settings_sorted  # noqa: E402
from protocol import base64_of, batch, record  # noqa: E402

SETTINGS = ["group.initial.rebalance.delay.ms=300", "offsets.topic.num.partitions=4", "transaction.state.log.num.partitions=4"]
ANY_NAME = "nope"


def filled(both, partitions=2):
    """A topic with three records in its first partition; its name and ids."""
    topic, ids = both.topic(partitions)
    records = base64_of(batch(record(0), record(1), record(2)))
    for broker in both.brokers:
        broker("PRODUCE", 9, {"acks": -1, "timeoutMs": 5000, "topicData": [{"name": topic, "partitionData": [{"index": 0, "records": records}]}]})
    return topic, ids


def by_name(answer):
    """An answer whose lists have no order."""
    if isinstance(answer, dict):
        return {key: by_name(value) for key, value in answer.items()}
    return sorted((by_name(item) for item in answer), key=str) if isinstance(answer, list) else answer


def each_once(answer):
    """An answer whose lists have no order, and hold nothing twice."""
    if isinstance(answer, dict):
        inner = {key: each_once(value) for key, value in answer.items()}
        return merged(inner)
    items = [each_once(item) for item in answer] if isinstance(answer, list) else answer
    return sorted({str(item): item for item in items}.values(), key=str) if isinstance(answer, list) else answer


def merged(answer):
    """Topics of one name as one."""
    for field in ("topics", "responses"):
        topics = {}
        for topic in answer.get(field, ()):
            known = topics.setdefault(topic.get("name", topic.get("topic")), topic)
            known["partitions"] = each_once(known["partitions"] + topic["partitions"])
        answer = {**answer, field: list(topics.values())} if topics else answer
    return answer


def first_of_each(answer):
    """What a group's deletion came to the first time."""
    first = {}
    for result in answer["results"]:
        first.setdefault(result["groupId"], result)
    return {"results": sorted(first.values(), key=str)}


def refusals(answer):
    """An answer with any refusal for Kafka's own "unknown server error", which is an exception that it did not think of."""
    if isinstance(answer, dict):
        return {key: 42 if key == "errorCode" and value == -1 else refusals(value) for key, value in answer.items()}
    return [refusals(item) for item in answer] if isinstance(answer, list) else answer


def case_what_a_request_names_twice_is_answered_alike(both):
    topic, ids = filled(both)
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any", "any"]}, ready=True)
    both.same("FIND_COORDINATOR", 4, {"keyType": 1, "coordinatorKeys": ["any"]}, ready=True)
    twice = lambda it: [it, it]  # noqa: E731
    # Kafka answers these once, from a map, and stores one of two batches only; see docs/compatibility.md.
    wanted = {"partition": 0, "fetchOffset": 0, "partitionMaxBytes": 1 << 20}
    for topics in ([{"topic": topic, "partitions": twice(wanted)}], twice({"topic": topic, "partitions": [wanted]})):
        for session_epoch in (-1, 0):
            body = {"maxWaitMs": 0, "minBytes": 0, "maxBytes": 1 << 20, "sessionEpoch": session_epoch, "replicaId": -1, "topics": topics}
            both.same("FETCH", 12, body, leave_out={"abortedTransactions"}, order=each_once)
    for when in (-1, -2, 5):
        latest = {"partitionIndex": 0, "timestamp": when}
        for topics in ([{"name": topic, "partitions": twice(latest)}], twice({"name": topic, "partitions": [latest]}), [{"name": topic, "partitions": [latest, {"partitionIndex": 1, "timestamp": -1}, latest]}]):
            both.same("LIST_OFFSETS", 7, {"replicaId": -1, "topics": topics}, order=by_name)
    for topics in ([topic, topic], [topic, ANY_NAME, ANY_NAME]):
        both.same("METADATA", 9, {"topics": [{"name": it} for it in topics], "allowAutoTopicCreation": False}, leave_out={"brokers", "controllerId"}, order=by_name)
    new = {"name": both.name("made"), "numPartitions": 1, "replicationFactor": 1}
    other = {**new, "name": both.name("made")}
    for topics in ([new, new], [new, other, new], [new]):
        both.same("CREATE_TOPICS", 5, {"topics": topics, "timeoutMs": 5000}, order=lambda it: by_name(settings_sorted(it)))
    for topics in (twice({"name": topic, "count": 3}), [{"name": topic, "count": 3}, {"name": ANY_NAME, "count": 3}, {"name": topic, "count": 4}]):
        both.same("CREATE_PARTITIONS", 3, {"topics": topics, "timeoutMs": 5000}, order=by_name)
    records = {"partitionIndex": 0, "offset": 1}
    for topics in ([{"name": topic, "partitions": twice(records)}], twice({"name": topic, "partitions": [records]})):
        both.same("DELETE_RECORDS", 2, {"topics": topics, "timeoutMs": 5000}, order=each_once)
    epoch = {"partition": 0, "currentLeaderEpoch": -1, "leaderEpoch": 0}
    for topics in ([{"topic": topic, "partitions": twice(epoch)}], twice({"topic": topic, "partitions": [epoch]})):
        both.same("OFFSET_FOR_LEADER_EPOCH", 4, {"topics": topics}, leave_out={"endOffset"})
    for topics in ([{"name": topic, "partitionIndexes": [0, 0]}], twice({"name": topic, "partitionIndexes": [0]})):
        both.same("DESCRIBE_PRODUCERS", 0, {"topics": topics})
    for topics in ([{"topic": topic, "partitions": [0, 0]}], twice({"topic": topic, "partitions": [0]})):
        both.same("ELECT_LEADERS", 2, {"electionType": 0, "topicPartitions": topics, "timeoutMs": 5000}, order=by_name)
    group = both.name("group")
    mine = {"partitionIndex": 0, "committedOffset": 1, "committedMetadata": ""}
    for topics in ([{"name": topic, "partitions": [mine, {**mine, "committedOffset": 2}]}], [{"name": topic, "partitions": [mine]}, {"name": topic, "partitions": [{**mine, "committedOffset": 3}]}]):
        both.same("OFFSET_COMMIT", 8, {"groupId": group, "generationIdOrMemberEpoch": -1, "topics": topics})
        asked = [{"name": it["name"], "partitionIndexes": [one["partitionIndex"] for one in it["partitions"]]} for it in topics]
        both.same("OFFSET_FETCH", 7, {"groupId": group, "topics": asked})
        both.same("OFFSET_FETCH", 8, {"groups": [{"groupId": group, "topics": asked}]})
    both.same("OFFSET_FETCH", 8, {"groups": twice({"groupId": group, "topics": None})})
    for topics in ([{"name": topic, "partitions": twice({"partitionIndex": 0})}], twice({"name": topic, "partitions": [{"partitionIndex": 0}]})):
        both.same("OFFSET_DELETE", 0, {"groupId": group, "topics": topics})
    both.same("DESCRIBE_GROUPS", 5, {"groups": twice(group)})
    both.same("CONSUMER_GROUP_DESCRIBE", 1, {"groupIds": twice(group)})
    both.same("DELETE_GROUPS", 2, {"groupsNames": [group, group, ANY_NAME, ANY_NAME]}, order=first_of_each)
    both.same("DESCRIBE_TRANSACTIONS", 0, {"transactionalIds": twice(ANY_NAME)})
    resource = {"resourceType": 2, "resourceName": topic, "configurationKeys": ["retention.ms", "retention.ms"]}
    both.same("DESCRIBE_CONFIGS", 4, {"resources": [resource]}, order=settings_sorted)
    both.same("DESCRIBE_CONFIGS", 4, {"resources": twice(resource)}, order=settings_sorted)
    both.same("DESCRIBE_LOG_DIRS", 4, {"topics": [{"topic": topic, "partitions": [0, 0]}]}, leave_out={"logDir", "totalBytes", "usableBytes", "partitionSize"}, order=each_once)


def case_numbers_below_none_are_answered_alike(both):
    topic, ids = filled(both)
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)

    def fetch(version=12, session_epoch=-1, **change):
        whole = {name: change.pop(name) for name in ("maxWaitMs", "minBytes", "maxBytes", "replicaId", "isolationLevel") if name in change}
        wanted = {"partition": 0, "fetchOffset": 0, "partitionMaxBytes": 1 << 20, **change}
        topics = [{"topic": topic, "partitions": [wanted]}]
        body = {"maxWaitMs": 0, "minBytes": 0, "maxBytes": 1 << 20, "sessionEpoch": session_epoch, "replicaId": -1, "topics": topics, **whole}
        both.same("FETCH", version, body, leave_out={"abortedTransactions"})

    for epoch in (-1, -2, -9, 0, 1, 5):
        fetch(currentLeaderEpoch=epoch)
        both.same("LIST_OFFSETS", 7, {"replicaId": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "currentLeaderEpoch": epoch, "timestamp": -1}]}]})
        both.same("OFFSET_FOR_LEADER_EPOCH", 4, {"topics": [{"topic": topic, "partitions": [{"partition": 0, "currentLeaderEpoch": epoch, "leaderEpoch": 0}]}]})
        both.same("OFFSET_FOR_LEADER_EPOCH", 4, {"topics": [{"topic": topic, "partitions": [{"partition": 0, "currentLeaderEpoch": -1, "leaderEpoch": epoch}]}]})
    for offset in (-1, -2, 3, 4, 1 << 60, -(1 << 60)):
        fetch(fetchOffset=offset)
    for partition in (-1, -5, 2, 1 << 30):
        fetch(partition=partition)
        both.same("LIST_OFFSETS", 7, {"replicaId": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": partition, "timestamp": -1}]}]})
        both.same("PRODUCE", 9, {"acks": -1, "timeoutMs": 5000, "topicData": [{"name": topic, "partitionData": [{"index": partition, "records": base64_of(batch())}]}]})
        both.same("DELETE_RECORDS", 2, {"topics": [{"name": topic, "partitions": [{"partitionIndex": partition, "offset": 0}]}], "timeoutMs": 5000})
        both.same("OFFSET_FOR_LEADER_EPOCH", 4, {"topics": [{"topic": topic, "partitions": [{"partition": partition, "leaderEpoch": 0}]}]})
        both.same("DESCRIBE_PRODUCERS", 0, {"topics": [{"name": topic, "partitionIndexes": [partition]}]})
        both.same("ELECT_LEADERS", 2, {"electionType": 0, "topicPartitions": [{"topic": topic, "partitions": [partition]}], "timeoutMs": 5000})
        both.same("OFFSET_COMMIT", 8, {"groupId": "numbers", "generationIdOrMemberEpoch": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": partition, "committedOffset": 1}]}]})
    for change in ({"maxWaitMs": -5}, {"minBytes": -5}, {"maxBytes": 0}, {"partitionMaxBytes": 0}, {"minBytes": 1000, "maxBytes": 10}, {"isolationLevel": 1}, {"logStartOffset": -5}):
        fetch(**change)
    for when in (-6, -7, -100, -(1 << 62), 1 << 62, 0):
        both.same("LIST_OFFSETS", 7, {"replicaId": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "timestamp": when}]}]})
    both.same("LIST_OFFSETS", 7, {"replicaId": -1, "isolationLevel": 1, "topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "timestamp": -1}]}]})
    for offset, epoch, note in ((-1, -1, ""), (-2, -1, ""), (5, -5, ""), (5, 7, None), (1 << 60, 0, "x" * 4096), (5, 0, "x" * 4097)):
        committed = {"partitionIndex": 0, "committedOffset": offset, "committedLeaderEpoch": epoch, "committedMetadata": note}
        both.same("OFFSET_COMMIT", 8, {"groupId": "numbers", "generationIdOrMemberEpoch": -1, "topics": [{"name": topic, "partitions": [committed]}]})
        both.same("OFFSET_FETCH", 7, {"groupId": "numbers", "topics": [{"name": topic, "partitionIndexes": [0]}]})
    for acks in (-2, 2, 9):
        both.same("PRODUCE", 9, {"acks": acks, "timeoutMs": -5, "topicData": [{"name": topic, "partitionData": [{"index": 0, "records": base64_of(batch())}]}]})
    joining = {"groupId": "joining", "memberId": "", "protocolType": "consumer", "protocols": [{"name": "range", "metadata": ""}]}
    for session, rebalance in ((0, 1000), (-1, 1000), (5999, 1000), (1_800_001, 1000)):
        both.same("JOIN_GROUP", 7, {**joining, "sessionTimeoutMs": session, "rebalanceTimeoutMs": rebalance})
    for change in ({"protocolType": ""}, {"protocols": []}, {"memberId": "unknown"}, {"groupId": ""}):
        both.same("JOIN_GROUP", 7, {**joining, "sessionTimeoutMs": 10_000, "rebalanceTimeoutMs": 1000, **change})
    for timeout in (0, -1, -5, 1 << 30):
        both.same("INIT_PRODUCER_ID", 4, {"transactionalId": "numbers", "transactionTimeoutMs": timeout}, ready=True)
    for producer, epoch in ((-1, 5), (5, -1), (-2, -2), (1 << 40, 0)):
        both.same("INIT_PRODUCER_ID", 4, {"transactionalId": "numbers", "transactionTimeoutMs": 1000, "producerId": producer, "producerEpoch": epoch}, ready=True)
        both.same("INIT_PRODUCER_ID", 4, {"transactionalId": None, "transactionTimeoutMs": 1000, "producerId": producer, "producerEpoch": epoch}, ready=True)


def case_offsets_of_what_is_not_there_are_answered_alike(both):
    topic, ids = filled(both)
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    group = both.name("group")
    committed = [{"name": topic, "partitions": [{"partitionIndex": 0, "committedOffset": 2, "committedLeaderEpoch": 0, "committedMetadata": "note"}]}]
    both.same("OFFSET_COMMIT", 8, {"groupId": group, "generationIdOrMemberEpoch": -1, "topics": committed})
    for name in (group, ANY_NAME, ""):
        for wanted in ([{"name": topic, "partitionIndexes": [0, 1, 9, -1]}], [{"name": ANY_NAME, "partitionIndexes": [0]}], [{"name": topic, "partitionIndexes": []}], [], [{"name": "", "partitionIndexes": [0]}]):
            for version in (1, 4, 5, 7):
                both.same("OFFSET_FETCH", version, {"groupId": name, "topics": wanted, "requireStable": version == 7})
            for version in (8, 9):
                both.same("OFFSET_FETCH", version, {"groups": [{"groupId": name, "topics": wanted}], "requireStable": version == 9})
        for version in (2, 7):
            both.same("OFFSET_FETCH", version, {"groupId": name, "topics": None})
        for version in (8, 9):
            both.same("OFFSET_FETCH", version, {"groups": [{"groupId": name, "topics": None}]})
    for member, epoch in (("x", 0), ("x", -1), ("", 5), (None, 5), ("", -1)):
        both.same("OFFSET_FETCH", 9, {"groups": [{"groupId": group, "memberId": member, "memberEpoch": epoch, "topics": None}]})
    by_id = [{"groups": [{"groupId": group, "topics": [{"topicId": it, "partitionIndexes": [0, 9]}]}]} for it in ids]
    both.same("OFFSET_FETCH", 10, *by_id)
    both.same("OFFSET_FETCH", 10, {"groups": [{"groupId": group, "topics": [{"topicId": base64_of(b"\0" * 15 + b"\7").rstrip("="), "partitionIndexes": [0]}]}]})
    unknown = [{"name": ANY_NAME, "partitions": [{"partitionIndex": 0, "committedOffset": 2}]}]
    for topics in (unknown, committed + unknown, [{"name": topic, "partitions": [{"partitionIndex": 9, "committedOffset": 2}]}], []):
        for version in (2, 8, 9):
            both.same("OFFSET_COMMIT", version, {"groupId": group, "generationIdOrMemberEpoch": -1, "topics": topics}, order=by_name)
    for topics in ([{"name": ANY_NAME, "partitions": [{"partitionIndex": 0}]}], [{"name": topic, "partitions": [{"partitionIndex": 1}, {"partitionIndex": 9}]}]):
        both.same("OFFSET_DELETE", 0, {"groupId": group, "topics": topics}, order=by_name)
    for topics in ([{"name": ANY_NAME, "partitionIndexes": [0]}], [{"name": topic, "partitionIndexes": []}], []):
        both.same("DESCRIBE_PRODUCERS", 0, {"topics": topics})
    for name in ("", ANY_NAME):
        both.same("DESCRIBE_GROUPS", 6, {"groups": [name]})
        both.same("DELETE_GROUPS", 2, {"groupsNames": [name]})


def case_transactions_without_records_end_alike(both):
    """A transaction names partitions that none of its batches reach: they get a marker, and fence what is still on its way."""
    topic, ids = both.topic(3)
    both.same("FIND_COORDINATOR", 4, {"keyType": 1, "coordinatorKeys": ["any"]}, ready=True)
    name = both.name("id")

    def init():
        answers = both.same("INIT_PRODUCER_ID", 4, {"transactionalId": name, "transactionTimeoutMs": 60_000}, ready=True)
        return [(it["producerId"], it["producerEpoch"]) for it in answers]

    def add(producers, *partitions):
        topics = [{"name": topic, "partitions": list(partitions)}]
        both.same("ADD_PARTITIONS_TO_TXN", 3, *({"v3AndBelowTransactionalId": name, "v3AndBelowProducerId": it, "v3AndBelowProducerEpoch": epoch, "v3AndBelowTopics": topics} for it, epoch in producers), ready=True, order=by_name)

    def send(producers, partition, sequence=0, transactional=True):
        bodies = []
        for producer, epoch in producers:
            data = base64_of(batch(producer=(producer, epoch, sequence), attributes=0x10 if transactional else 0))
            bodies.append({"acks": -1, "timeoutMs": 5000, "transactionalId": name if transactional else None, "topicData": [{"name": topic, "partitionData": [{"index": partition, "records": data}]}]})
        both.same("PRODUCE", 11, *bodies, ready=True)

    def end(producers, committed):
        for _ in range(2):  # the second is answered when the markers of the first are there
            both.same("END_TXN", 4, *({"transactionalId": name, "producerId": it, "producerEpoch": epoch, "committed": committed} for it, epoch in producers), ready=True)

    def look():
        for partition in range(3):
            for isolation in (0, 1):
                both.same("LIST_OFFSETS", 7, {"replicaId": -1, "isolationLevel": isolation, "topics": [{"name": topic, "partitions": [{"partitionIndex": partition, "timestamp": -1}]}]})
                wanted = {"partition": partition, "fetchOffset": 0, "partitionMaxBytes": 1 << 20}
                both.same("FETCH", 12, {"maxWaitMs": 0, "minBytes": 0, "maxBytes": 1 << 20, "isolationLevel": isolation, "sessionEpoch": -1, "replicaId": -1, "topics": [{"topic": topic, "partitions": [wanted]}]})
            both.same("DESCRIBE_PRODUCERS", 0, {"topics": [{"name": topic, "partitionIndexes": [partition]}]}, leave_out={"lastTimestamp"})

    first = init()
    add(first, 0, 1), send(first, 0), end(first, True), look()
    add(first, 0, 1), end(first, False), look()
    second = init()
    # Not of a transaction, under the identity that was: taken where the next epoch is not known yet.
    send(first, 2, transactional=False)
    add(second, 1, 2), end(second, False), look()
    for partition in (1, 2):
        send(first, partition, 1, transactional=False), send(second, partition, 0, transactional=False)
    add(first, 0), look()


def case_settings_of_each_kind_of_resource_are_changed_or_refused_alike(both):
    topic, _ = both.topic()
    # Type and name of what has settings, or hasn't, and one that fits.
    resources = [
        (2, topic, "retention.ms", "5000"), (2, ANY_NAME, "retention.ms", "5000"), (2, "", "retention.ms", "5000"), (2, "bad name", "retention.ms", "5000"),
        (4, "9", "log.cleaner.threads", "2"), (4, "x", "log.cleaner.threads", "2"), (8, "9", "root", "INFO"), (8, "", "root", "INFO"), (32, "group", "consumer.session.timeout.ms", "50000"),
        (32, "", "consumer.session.timeout.ms", "50000"), (32, "group", "nope", "5"), (0, "x", "a", "b"), (1, "x", "a", "b"), (3, "x", "a", "b"), (99, "x", "a", "b"), (-1, "x", "a", "b"),
    ]
    for kind, name, key, value in resources:
        for operation in (0, 1, 2, 3, 9, -1):
            config = {"name": key, "configOperation": operation, "value": None if operation == 1 else value}
            body = {"resources": [{"resourceType": kind, "resourceName": name, "configs": [config]}]}
            both.same("INCREMENTAL_ALTER_CONFIGS", 1, {**body, "validateOnly": True}, order=refusals)
            both.same("INCREMENTAL_ALTER_CONFIGS", 1, body, order=refusals)
        for configs in ([{"name": key, "value": value}], [{"name": key, "value": "x"}], [{"name": key, "value": None}], [{"name": "", "value": ""}], []):
            both.same("ALTER_CONFIGS", 2, {"resources": [{"resourceType": kind, "resourceName": name, "configs": configs}], "validateOnly": True})
        time.sleep(0.2)
        both.same("DESCRIBE_CONFIGS", 4, {"resources": [{"resourceType": kind, "resourceName": name, "configurationKeys": [key]}]}, order=settings_sorted)
    mixed = [{"resourceType": 2, "resourceName": it, "configs": [{"name": "retention.ms", "configOperation": 0, "value": "7000"}]} for it in (topic, ANY_NAME)]
    both.same("INCREMENTAL_ALTER_CONFIGS", 1, {"resources": mixed})
    both.same("INCREMENTAL_ALTER_CONFIGS", 1, {"resources": []})
    of_group = {"resourceType": 32, "resourceName": "group", "configs": [{"name": "consumer.session.timeout.ms", "configOperation": 0, "value": "50000"}]}
    both.same("INCREMENTAL_ALTER_CONFIGS", 1, {"resources": [of_group]})
    time.sleep(0.2)
    for version, kinds in ((0, None), (1, []), (1, [2]), (1, [32]), (1, [2, 32]), (1, [99])):
        both.same("LIST_CONFIG_RESOURCES", version, {} if kinds is None else {"resourceTypes": kinds}, order=without_own_topics)


def without_own_topics(answer):
    """Kafka keeps offsets and transactions in topics."""
    named = answer["configResources"]
    return {**answer, "configResources": by_name([it for it in named if not it["resourceName"].startswith("__")])}


if __name__ == "__main__":
    main(globals(), __doc__, SETTINGS)
