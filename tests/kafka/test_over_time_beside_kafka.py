#!/usr/bin/env python3
"""What happens by itself over time, in Yeoul and in a real Kafka broker with the same short settings: retention, compaction,
offsets, producers and transactional ids that expire, members that fall silent, leave and come back.

    tests/support/python tests/kafka/test_over_time_beside_kafka.py [CASE ...] [--print]

What both end up with is compared field by field; that they do is waited for, since they look at different times.
"""

import pathlib
import sys
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from beside import main  # noqa: E402
from kafka_io import records_of_partition  # noqa: E402
from protocol import base64_of, batch, codes, record  # noqa: E402

KAFKA = [
    "group.initial.rebalance.delay.ms=300", "offsets.topic.num.partitions=4", "transaction.state.log.num.partitions=4",
    "log.retention.check.interval.ms=300", "log.initial.task.delay.ms=300", "log.cleaner.backoff.ms=300", "log.segment.delete.delay.ms=100",
    "offsets.retention.minutes=1", "offsets.retention.check.interval.ms=500",
    "transactional.id.expiration.ms=6000", "transaction.remove.expired.transaction.cleanup.interval.ms=500",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms=300", "producer.id.expiration.ms=4000", "producer.id.expiration.check.interval.ms=300",
    "group.min.session.timeout.ms=1000", "group.consumer.min.session.timeout.ms=2000", "group.consumer.session.timeout.ms=3000",
    "group.consumer.min.heartbeat.interval.ms=500", "group.consumer.heartbeat.interval.ms=1000",
]
YEOUL = """
[log]
retention-interval-ms = 300
clean-interval-ms = 300
transactional-id-expiration-ms = 6000
producer-id-expiration-ms = 4000

[groups]
min-session-timeout-ms = 1000
consumer-min-session-timeout-ms = 2000
consumer-session-timeout-ms = 3000
consumer-min-heartbeat-interval-ms = 500
consumer-heartbeat-interval-ms = 1000
offsets-retention-minutes = 1
offsets-retention-check-interval-ms = 500
"""
SECONDS_MAX = 25
# Named times of `ListOffsets`: latest, earliest, greatest timestamp, earliest on this disk.
NAMED_TIMES = (-1, -2, -3, -4)


def now_ms():
    return int(time.time() * 1000)


def produce(both, topic, *batches, partition=0):
    """Stores batches in both; each one in a request of its own. Gives both answers to the last."""
    for one in batches:
        data = {"index": partition, "records": base64_of(one)}
        answers = [it("PRODUCE", 9, {"acks": -1, "timeoutMs": 5000, "topicData": [{"name": topic, "partitionData": [data]}]}) for it in both.brokers]
        assert codes(answers) == {0}, answers
    return answers


def places(topic, *times):
    return {"replicaId": -1, "topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "timestamp": it} for it in times]}]}


def found_at(both, topic, *times):
    for when in times:
        both.same("LIST_OFFSETS", 10, places(topic, when))


def start_of(answer):
    return answer["topics"][0]["partitions"][0]["offset"]


def fetch(both, topic, *offsets, leave_out=()):
    for offset in offsets:
        wanted = {"partition": 0, "fetchOffset": offset, "partitionMaxBytes": 1 << 20}
        body = {"maxWaitMs": 50, "minBytes": 1, "maxBytes": 1 << 20, "sessionEpoch": -1, "replicaId": -1, "topics": [{"topic": topic, "partitions": [wanted]}]}
        both.same("FETCH", 12, body, leave_out={"abortedTransactions", *leave_out})


def soon_starts_at(both, topic, offset):
    """Waits until the log of each begins there, and compares."""
    both.soon_same("LIST_OFFSETS", 10, places(topic, -2), until=lambda it: start_of(it) == offset, seconds_max=SECONDS_MAX)


def case_what_is_too_old_goes_alike(both):
    topic, _ = both.topic(retention_ms=3000, segment_ms=500)
    produce(both, topic, *(batch(record(0), record(1)) for _ in range(3)))
    soon_starts_at(both, topic, 6)
    began = now_ms()
    found_at(both, topic, *NAMED_TIMES, 0, began - 60_000)
    fetch(both, topic, 0, 5, 6, 7)
    # The log goes on where it was.
    both.same("PRODUCE", 9, {"acks": -1, "timeoutMs": 5000, "topicData": [{"name": topic, "partitionData": [{"index": 0, "records": base64_of(batch(timestamp=began))}]}]})
    found_at(both, topic, *NAMED_TIMES, 0, began, began + 1)
    fetch(both, topic, 5, 6, 7)
    both.same("DELETE_RECORDS", 2, {"topics": [{"name": topic, "partitions": [{"partitionIndex": 0, "offset": 3}]}], "timeoutMs": 5000})
    both.same("OFFSET_FOR_LEADER_EPOCH", 4, {"topics": [{"topic": topic, "partitions": [{"partition": 0, "leaderEpoch": 0}]}]})
    soon_starts_at(both, topic, 7)


def case_what_is_too_much_goes_alike(both):
    topic, _ = both.topic(retention_bytes=30_000, segment_bytes=1_048_576, segment_ms=300, retention_ms=-1)
    for _ in range(8):
        produce(both, topic, batch(record(0, value=b"x" * 9_000)))
        time.sleep(0.4)  # each in a segment of its own
    # Kafka keeps what takes it to its bound, not beyond it: three or four segments of nine thousand bytes.
    kept = lambda it: start_of(it) in (4, 5)  # noqa: E731
    both.soon_same("LIST_OFFSETS", 10, places(topic, -2), until=kept, seconds_max=SECONDS_MAX)
    found_at(both, topic, -1)
    fetch(both, topic, 0, 3)
    for change in ("-1", "0"):
        change = {"resourceType": 2, "resourceName": topic, "configs": [{"name": "retention.bytes", "configOperation": 0, "value": change}]}
        both.same("INCREMENTAL_ALTER_CONFIGS", 1, {"resources": [change]})


def case_keys_are_compacted_alike(both):
    topic, _ = both.topic(cleanup_policy="compact", segment_ms=300, min_cleanable_dirty_ratio="0.01", delete_retention_ms=1500, min_compaction_lag_ms=0)
    times = []
    for key, value in [(b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"c", b"1"), (b"b", None), (b"a", b"3")]:
        times.append(now_ms())
        produce(both, topic, batch(record(0, key, value), timestamp=times[-1]))
        time.sleep(0.35)
    for _ in range(12):  # what is last is not compacted; and tombstones have their time
        produce(both, topic, batch(record(0, b"last", b"1")))
        time.sleep(0.35)
    kept = lambda broker: sorted(offset for offset, *_ in records_of(broker, topic) if offset < 6)  # noqa: E731
    for broker in both.brokers:
        wait_for(lambda broker=broker: kept(broker) == [3, 5], lambda broker=broker: kept(broker))
    found_at(both, topic, -2, -4, 0, *times)
    fetch(both, topic, 0, 1, 4, leave_out={"records", "highWatermark", "lastStableOffset"})


def case_records_wait_for_compaction_alike(both):
    """`min.compaction.lag.ms` keeps what is younger, `max.compaction.lag.ms` hurries what is older whatever the ratio."""
    young, _ = both.topic(cleanup_policy="compact", segment_ms=300, min_cleanable_dirty_ratio="0.01", min_compaction_lag_ms=600_000)
    old, _ = both.topic(cleanup_policy="compact", min_cleanable_dirty_ratio="1", max_compaction_lag_ms=1500)
    both_policies, _ = both.topic(cleanup_policy="compact,delete", segment_ms=300, min_cleanable_dirty_ratio="0.01", retention_ms=4000)
    for _ in range(4):
        for topic in (young, old, both_policies):
            produce(both, topic, batch(record(0, b"k", b"v")))
        time.sleep(0.5)
    time.sleep(2)
    for topic in (young, old):
        produce(both, topic, batch(record(0, b"other", b"v")))
    for broker in both.brokers:
        kept = lambda topic, broker=broker: [offset for offset, *_ in records_of(broker, topic)]  # noqa: E731
        wait_for(lambda: kept(old) == [3, 4], lambda: kept(old))
        assert kept(young) == [0, 1, 2, 3, 4], kept(young)
    soon_starts_at(both, both_policies, 4)
    for topic in (young, old, both_policies):
        found_at(both, topic, -1, -2, -4)
        fetch(both, topic, 4, 5, 9, leave_out={"records"})


def case_committed_offsets_expire_alike(both):
    topic, _ = both.topic()
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    without_members, left = both.name("group"), both.name("group")
    members = join(both, left)
    sync(both, left, members)
    for group, of in ((without_members, [("", -1)] * 2), (left, members)):
        commit(both, group, topic, of)
    time.sleep(3)
    leave(both, left, members)
    began = time.monotonic()
    asked = lambda group: {"groups": [{"groupId": group, "topics": [{"name": topic, "partitionIndexes": [0]}]}]}  # noqa: E731
    both.same("OFFSET_FETCH", 8, asked(left))
    for group in (without_members, left):
        both.soon_same("OFFSET_FETCH", 8, asked(group), until=lambda it: offset_of(it) == -1, seconds_max=75)
        both.soon_same("DESCRIBE_GROUPS", 5, {"groups": [group]}, until=lambda it: it["groups"][0]["groupState"] == "Dead", seconds_max=5)
        both.same("DESCRIBE_GROUPS", 6, {"groups": [group]})
        both.same("DELETE_GROUPS", 2, {"groupsNames": [group]})
    assert time.monotonic() - began > 55, "they were to stay for a minute"
    both.same("LIST_GROUPS", 5, {"statesFilter": ["Empty", "Dead"]})


def offset_of(answer):
    return answer["groups"][0]["topics"][0]["partitions"][0]["committedOffset"]


def records_of(broker, topic):
    """Offset, key and value of each record that a reader of the whole topic gets."""
    return [(it.offset(), it.key(), it.value()) for it in records_of_partition(broker.address, topic)]


def wait_for(condition, what):
    deadline = time.monotonic() + SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.3)


def case_producers_and_their_names_expire_alike(both):
    topic, _ = both.topic()
    both.same("FIND_COORDINATOR", 4, {"keyType": 1, "coordinatorKeys": ["any"]}, ready=True)
    silent, busy = both.name("id"), both.name("id")

    def init(name, known=((-1, -1),) * 2):
        bodies = [{"transactionalId": name, "transactionTimeoutMs": 60_000 if name else 0, "producerId": it, "producerEpoch": epoch} for it, epoch in known]
        return [(it["producerId"], it["producerEpoch"]) for it in both.same("INIT_PRODUCER_ID", 5, *bodies, ready=True)]

    def send(producers, sequence, name=None):
        bodies = []
        for producer, epoch in producers:
            data = base64_of(batch(producer=(producer, epoch, sequence), attributes=0x10 if name else 0))
            bodies.append({"acks": -1, "timeoutMs": 5000, "transactionalId": name, "topicData": [{"name": topic, "partitionData": [{"index": 0, "records": data}]}]})
        # Kafka tells a duplicate's timestamp as if it were the log's.
        both.same("PRODUCE", 11 if not name else 12, *bodies, ready=True, leave_out={"logAppendTimeMs"})

    plain = init(None)
    send(plain, 0), send(plain, 1), send(plain, 1)
    known = init(silent)
    open_since = init(busy)
    send(open_since, 0, busy)
    of_topic = {"topics": [{"name": topic, "partitionIndexes": [0]}]}
    own = {"lastTimestamp", "currentTxnStartOffset"}
    active = lambda answer: answer["topics"][0]["partitions"][0]["activeProducers"]  # noqa: E731
    # What is open is not forgotten; what was silent is.
    both.soon_same("DESCRIBE_PRODUCERS", 0, of_topic, until=lambda it: len(active(it)) == 1, seconds_max=SECONDS_MAX, leave_out=own)
    send(plain, 5), send(plain, 6), send(plain, 6), send(plain, 8)
    gone = lambda it: it["transactionStates"][0]["errorCode"] == 105  # noqa: E731
    both.soon_same("DESCRIBE_TRANSACTIONS", 0, {"transactionalIds": [silent]}, until=gone, seconds_max=SECONDS_MAX)
    both.same("DESCRIBE_TRANSACTIONS", 0, {"transactionalIds": [busy]}, leave_out={"transactionStartTimeMs"})
    both.same("LIST_TRANSACTIONS", 1, {"stateFilters": [], "producerIdFilters": []})
    ended = [{"transactionalId": silent, "producerId": it, "producerEpoch": epoch, "committed": True} for it, epoch in known]
    for version in (4, 5):
        both.same("END_TXN", version, *ended)
    adding = [{"v3AndBelowTransactionalId": silent, "v3AndBelowProducerId": it, "v3AndBelowProducerEpoch": epoch, "v3AndBelowTopics": [{"name": topic, "partitions": [0]}]} for it, epoch in known]
    both.same("ADD_PARTITIONS_TO_TXN", 3, *adding)
    send(known, 0, silent)
    init(silent, known), init(silent)
    both.same("END_TXN", 5, *({"transactionalId": busy, "producerId": it, "producerEpoch": epoch, "committed": True} for it, epoch in open_since))


JOINING = {"protocolType": "consumer", "protocols": [{"name": "range", "metadata": ""}]}


def join_body(group, member, instance, session, rebalance):
    return {"groupId": group, "memberId": member, "groupInstanceId": instance, "sessionTimeoutMs": session, "rebalanceTimeoutMs": rebalance, **JOINING}


def join(both, group, instance=None, session=10_000, rebalance=10_000, known=("", "")):
    """A member of the classic protocol joins each; its id and generation there."""
    bodies = [join_body(group, it, instance, session, rebalance) for it in known]
    answers = both.same("JOIN_GROUP", 9, *bodies, ready=True)
    if codes(answers) == {79}:  # the id that it is to come with
        answers = both.same("JOIN_GROUP", 9, *(join_body(group, it["memberId"], instance, session, rebalance) for it in answers))
    return [(it["memberId"], it["generationId"]) for it in answers]


def sync(both, group, members, instance=None):
    bodies = []
    for member, generation in members:
        named = {"groupId": group, "memberId": member, "generationId": generation, "groupInstanceId": instance}
        bodies.append({**named, "protocolType": "consumer", "protocolName": "range", "assignments": [{"memberId": member, "assignment": base64_of(b"mine")}]})
    both.same("SYNC_GROUP", 5, *bodies)


def leave(both, group, members, instance=None):
    both.same("LEAVE_GROUP", 5, *({"groupId": group, "members": [{"memberId": it, "groupInstanceId": instance}]} for it, _ in members))


def commit(both, group, topic, members, instance=None, version=8):
    topics = [{"name": topic, "partitions": [{"partitionIndex": 0, "committedOffset": 1, "committedMetadata": ""}]}]
    both.same("OFFSET_COMMIT", version, *({"groupId": group, "memberId": it, "groupInstanceId": instance, "generationIdOrMemberEpoch": generation, "topics": topics} for it, generation in members))


def heartbeat(both, group, members, instance=None):
    both.same("HEARTBEAT", 4, *({"groupId": group, "memberId": it, "generationId": generation, "groupInstanceId": instance} for it, generation in members))


def by_assignment(answer):
    for group in answer["groups"]:
        group["members"].sort(key=lambda it: it["memberAssignment"])
    return answer


def described(both, group, state):
    both.soon_same("DESCRIBE_GROUPS", 5, {"groups": [group]}, until=lambda it: it["groups"][0]["groupState"] == state, seconds_max=SECONDS_MAX, leave_out={"clientHost"})


def case_silent_members_of_the_classic_protocol_go_alike(both):
    topic, _ = both.topic()
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    group = both.name("group")
    members = join(both, group, session=1500)
    # With an offset the group stays for a while; without one it may be gone at any time once it is empty.
    sync(both, group, members), heartbeat(both, group, members), commit(both, group, topic, members)
    described(both, group, "Stable")
    described(both, group, "Empty")
    heartbeat(both, group, members), sync(both, group, members), leave(both, group, members)
    join(both, group, known=[it for it, _ in members])
    # A group that is empty takes a new member, in its next generation.
    sync(both, group, join(both, group))
    static = both.name("group")
    first = join(both, static, "one", session=2500)
    sync(both, static, first, "one"), commit(both, static, topic, first, "one")
    # It comes back in time: no rebalance, and who it was is fenced.
    second = join(both, static, "one", session=2500)
    heartbeat(both, static, first, "one"), heartbeat(both, static, second, "one")
    described(both, static, "Stable")
    # It stays away for too long.
    described(both, static, "Empty")
    heartbeat(both, static, second, "one")
    third = join(both, static, "one", session=2500)
    sync(both, static, third, "one")
    leave(both, static, third, "one")
    described(both, static, "Empty")


def case_members_that_miss_a_rebalance_go_alike(both):
    topic, _ = both.topic()
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    group = both.name("group")
    first = join(both, group, session=20_000, rebalance=2000)
    sync(both, group, first), commit(both, group, topic, first)
    asked = both.same("JOIN_GROUP", 9, join_body(group, "", None, 20_000, 2000))
    named = [join_body(group, it["memberId"], None, 20_000, 2000) for it in asked]
    # Its answer waits until the first has joined again, or its time for that is over.
    for broker, body in zip(both.brokers, named):
        broker("JOIN_GROUP", 9, body, on="second", do="send")
    time.sleep(0.5)
    heartbeat(both, group, first)
    both.same("DESCRIBE_GROUPS", 5, {"groups": [group]}, leave_out={"clientHost"}, order=by_assignment)
    answers = [broker("JOIN_GROUP", 9, on="second", do="receive") for broker in both.brokers]
    both.compare("JOIN_GROUP 9 of the second", answers)
    second = [(it["memberId"], it["generationId"]) for it in answers]
    heartbeat(both, group, first)
    # Who leads and doesn't say what each is to read is let go as well.
    described(both, group, "Empty")
    heartbeat(both, group, second)
    join(both, group)


def beat(both, group, ids, epochs, ready=False, **more):
    """A heartbeat of KIP-848 to each; the epochs that it gives."""
    bodies = []
    for member, epoch in zip(ids, epochs):
        joining = {"rebalanceTimeoutMs": 1500, "topicPartitions": []} if epoch == 0 else {}
        bodies.append({"groupId": group, "memberId": member, "memberEpoch": epoch, **joining, **more})
    answers = both.same("CONSUMER_GROUP_HEARTBEAT", 1, *bodies, ready=ready, order=by_partition)
    return [it["memberEpoch"] for it in answers]


def by_partition(answer):
    for topic in (answer.get("assignment") or {}).get("topicPartitions", []):
        topic["partitions"].sort()
    return answer


def in_state(both, group, state):
    until = lambda it: it["groups"][0]["groupState"] == state  # noqa: E731
    both.soon_same("CONSUMER_GROUP_DESCRIBE", 1, {"groupIds": [group]}, until=until, seconds_max=SECONDS_MAX, leave_out={"clientHost"}, order=described_order)


def described_order(answer):
    for group in answer["groups"]:
        group["members"].sort(key=lambda it: (it["instanceId"] or "", it["clientId"], it["memberEpoch"]))
        for member in group["members"]:
            for assignment in (member["assignment"], member["targetAssignment"]):
                for topic in assignment["topicPartitions"]:
                    topic["partitions"].sort()
    return answer


def new_ids():
    return [base64_of(uuid.uuid4().bytes)] * 2


def case_silent_members_of_the_consumer_protocol_go_alike(both):
    topic, _ = both.topic(2)
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    group, ids = both.name("group"), new_ids()
    wants = {"subscribedTopicNames": [topic]}
    epochs = beat(both, group, ids, [0, 0], ready=True, **wants)
    epochs = beat(both, group, ids, epochs)
    commit(both, group, topic, list(zip(ids, epochs)), version=9)
    in_state(both, group, "Stable")
    in_state(both, group, "Empty")
    beat(both, group, ids, epochs), beat(both, group, ids, [-1, -1])
    epochs = beat(both, group, ids, [0, 0], **wants)
    beat(both, group, ids, [-1, -1])
    in_state(both, group, "Empty")
    both.same("DELETE_GROUPS", 2, {"groupsNames": [group]})
    both.same("CONSUMER_GROUP_DESCRIBE", 1, {"groupIds": [group]})
    # A static member goes for a while, and comes back as another.
    static, first, second, third = both.name("group"), new_ids(), new_ids(), new_ids()
    named = {"instanceId": "one"}
    epochs = beat(both, static, first, [0, 0], **wants, **named)
    commit(both, static, topic, list(zip(first, epochs)), version=9)
    beat(both, static, first, [-2, -2], **named)
    in_state(both, static, "Stable")
    beat(both, static, first, epochs, **named)
    epochs = beat(both, static, second, [0, 0], **wants, **named)
    beat(both, static, first, epochs, **named)
    # Another of its name while it is there.
    beat(both, static, third, [0, 0], **wants, **named)
    beat(both, static, second, [-2, -2], **named)
    in_state(both, static, "Empty")
    beat(both, static, second, [0, 0], **wants, **named)
    beat(both, static, second, [-1, -1], **named)
    in_state(both, static, "Empty")


def case_members_that_give_nothing_back_go_alike(both):
    topic, ids = both.topic(2)
    both.same("FIND_COORDINATOR", 4, {"keyType": 0, "coordinatorKeys": ["any"]}, ready=True)
    group, first, second = both.name("group"), new_ids(), new_ids()
    wants = {"subscribedTopicNames": [topic]}
    epochs = beat(both, group, first, [0, 0], ready=True, **wants)
    beat(both, group, first, epochs)
    joined = beat(both, group, second, [0, 0], **wants)
    # The first is told to give one back, and goes on as if it had not heard.
    beat(both, group, first, epochs)
    for _ in range(6):
        time.sleep(0.5)
        for broker, member, epoch in zip(both.brokers, second, joined):
            broker("CONSUMER_GROUP_HEARTBEAT", 1, {"groupId": group, "memberId": member, "memberEpoch": epoch})
            broker("CONSUMER_GROUP_HEARTBEAT", 1, {"groupId": group, "memberId": first[0], "memberEpoch": epochs[0]})
    beat(both, group, first, epochs)
    described = both.same("CONSUMER_GROUP_DESCRIBE", 1, {"groupIds": [group]}, leave_out={"clientHost"}, order=described_order)
    assert all(len(it["groups"][0]["members"]) == 1 for it in described), described


if __name__ == "__main__":
    main(globals(), __doc__, KAFKA, YEOUL)
