#!/usr/bin/env python3
"""kafka-python against Yeoul: producing in every codec, reading, transactions, administration, logging in.

    tests/support/python tests/kafka/test_kafka_python.py [CASE ...]

Consumer groups of this client are in test_groups.py. Starts `yeoul` (YEOUL_BIN) with a listener that asks for a login.
"""

import contextlib
import logging
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from asking import MECHANISMS, PASSWORD, USER, asking  # noqa: E402
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition  # noqa: E402
from kafka.admin import (  # noqa: E402
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    NewTopic,
    OffsetSpec,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from kafka.errors import (  # noqa: E402
    InvalidProducerEpochError,
    KafkaTimeoutError,
    ProducerFencedError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
)

SECONDS_MAX = 30
OPEN = "open"


def admin_of(address):
    return contextlib.closing(KafkaAdminClient(bootstrap_servers=address))


def producer_of(address, **settings):
    return contextlib.closing(KafkaProducer(bootstrap_servers=address, **settings))


def create(address, topic, partitions=1):
    with admin_of(address) as admin:
        admin.create_topics([NewTopic(topic, partitions, 1)])


def read(address, topic, count, partition=0, **settings):
    """The first `count` records of a partition, then makes sure that no other follows."""
    where = TopicPartition(topic, partition)
    with contextlib.closing(KafkaConsumer(bootstrap_servers=address, group_id=None, **settings)) as consumer:
        consumer.assign([where])
        consumer.seek_to_beginning(where)
        found, deadline = [], time.monotonic() + SECONDS_MAX
        while len(found) < count:
            assert time.monotonic() < deadline, f"`{topic}` gave {len(found)} of {count}"
            for batch in consumer.poll(timeout_ms=200).values():
                found += batch
        assert not consumer.poll(timeout_ms=200) and len(found) == count, f"`{topic}` gave more than {count}"
        return found


def expect(fault, act):
    try:
        act()
    except fault as happened:
        return happened
    raise AssertionError(f"{fault} was expected")


def case_records_come_back_in_every_codec(address, _):
    for codec in (None, "gzip", "snappy", "lz4", "zstd"):
        for idempotent in (False, True):
            topic = f"codec-{codec}-{idempotent}"
            create(address, topic)
            with producer_of(address, compression_type=codec, enable_idempotence=idempotent, linger_ms=5, acks="all") as producer:
                headers = [("n", b"1"), ("n", b"2")]
                sent = [producer.send(topic, b"value %d " % i * 20, key=b"%d" % i, headers=headers) for i in range(500)]
                producer.flush(SECONDS_MAX)
                assert [future.get(SECONDS_MAX).offset for future in sent] == list(range(500))
            for i, record in enumerate(read(address, topic, 500, check_crcs=True)):
                assert (record.key, record.value) == (b"%d" % i, b"value %d " % i * 20), record
                assert list(record.headers) == headers, record.headers


def case_positions_by_time_and_by_end(address, _):
    create(address, "times")
    where = TopicPartition("times", 0)
    with producer_of(address) as producer:
        for i in range(100):
            producer.send("times", b"%d" % i, timestamp_ms=1_700_000_000_000 + i * 1000)
        producer.flush(SECONDS_MAX)
    with contextlib.closing(KafkaConsumer(bootstrap_servers=address, group_id=None, consumer_timeout_ms=5000)) as consumer:
        assert consumer.offsets_for_times({where: 1_700_000_000_000 + 49_500})[where].offset == 50
        assert consumer.beginning_offsets([where]) == {where: 0} and consumer.end_offsets([where]) == {where: 100}
        consumer.assign([where])
        consumer.seek(where, 97)
        assert [record.value for _, record in zip(range(3), consumer)] == [b"97", b"98", b"99"]


def case_transactions_commit_with_their_offsets_and_abort(address, _):
    create(address, "kp-in")
    create(address, "kp-out")
    source = TopicPartition("kp-in", 0)
    with producer_of(address) as producer:
        for i in range(60):
            producer.send("kp-in", b"%d" % i)
        producer.flush(SECONDS_MAX)
    settings = {"group_id": "kp", "auto_offset_reset": "earliest", "enable_auto_commit": False, "max_poll_records": 10}
    reader = KafkaConsumer("kp-in", bootstrap_servers=address, **settings)
    with producer_of(address, transactional_id="kp") as copier, contextlib.closing(reader):
        copier.init_transactions()
        for number in range(6):
            copier.begin_transaction()
            batch = next_batch(reader, source)
            for record in batch:
                copier.send("kp-out", record.value)
            place = OffsetAndMetadata(batch[-1].offset + 1, "", -1)
            copier.send_offsets_to_transaction({source: place}, reader.consumer_group_metadata() if hasattr(reader, "consumer_group_metadata") else "kp")
            if number % 3 == 1:
                # What was not sent yet, an abort would leave unsent.
                copier.flush(SECONDS_MAX)
                copier.abort_transaction()
                reader.seek(source, batch[0].offset)
            else:
                copier.commit_transaction()
        assert reader.committed(source) == 40
    committed = read(address, "kp-out", 40, isolation_level="read_committed")
    assert [int(record.value) for record in committed] == list(range(40))
    assert len(read(address, "kp-out", 60)) == 60


def next_batch(reader, source):
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        found = reader.poll(timeout_ms=500).get(source)
        if found:
            return found
    raise AssertionError("nothing to read")


def case_a_zombie_is_fenced(address, _):
    create(address, "kp-zombie")
    with producer_of(address, transactional_id="kp-zombie") as old, producer_of(address, transactional_id="kp-zombie") as new:
        old.init_transactions()
        old.begin_transaction()
        old.send("kp-zombie", b"old").get(SECONDS_MAX)
        new.init_transactions()

        def too_late():
            old.send("kp-zombie", b"too late").get(SECONDS_MAX)
            old.commit_transaction()

        # KIP-588: the partition knows a newer epoch; that it is for good, the coordinator says.
        expect((InvalidProducerEpochError, ProducerFencedError), too_late)
        new.begin_transaction()
        new.send("kp-zombie", b"new").get(SECONDS_MAX)
        new.commit_transaction()
    assert [record.value for record in read(address, "kp-zombie", 1, isolation_level="read_committed")] == [b"new"]


def case_topics_are_administered(address, _):
    with admin_of(address) as admin:
        admin.create_topics([NewTopic("kp-admin", 2, 3, topic_configs={"retention.ms": "86400000"})])
        expect(TopicAlreadyExistsError, lambda: admin.create_topics([NewTopic("kp-admin", 2, 1)]))
        assert "kp-admin" in admin.list_topics()
        assert setting(admin, "kp-admin", "retention.ms") == "86400000"
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "kp-admin", {"retention.ms": "1000000"})])
        assert setting(admin, "kp-admin", "retention.ms") == "1000000"
        admin.reset_configs([ConfigResource(ConfigResourceType.TOPIC, "kp-admin", {"retention.ms": None})])
        assert setting(admin, "kp-admin", "retention.ms") == "604800000"
        admin.create_partitions({"kp-admin": 5})
        [described] = admin.describe_topics(["kp-admin"])
        assert len(described["partitions"]) == 5, described
        deletes_records(address, admin)
        assert len(admin.describe_cluster()["brokers"]) == 1
        assert admin.describe_log_dirs() and admin.describe_features()
        assert admin.list_partition_reassignments() == {}
        admin.delete_topics(["kp-admin"])
        assert "kp-admin" not in admin.list_topics()


def setting(admin, topic, name):
    answer = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    [of_topic] = [value for kind in answer.values() for key, value in kind.items() if key == topic]
    return of_topic[name]["value"]


def deletes_records(address, admin):
    where = TopicPartition("kp-admin", 1)
    with producer_of(address) as producer:
        for i in range(20):
            producer.send("kp-admin", b"%d" % i, partition=1)
        producer.flush(SECONDS_MAX)
    admin.delete_records({where: 15})
    found = admin.list_partition_offsets({where: OffsetSpec.EARLIEST})
    assert found[where].offset == 15, found
    assert [record.offset for record in read(address, "kp-admin", 5, partition=1)] == [15, 16, 17, 18, 19]


def case_groups_are_described_and_moved(address, _):
    create(address, "kp-groups")
    where = TopicPartition("kp-groups", 0)
    with producer_of(address) as producer:
        for i in range(10):
            producer.send("kp-groups", b"%d" % i)
        producer.flush(SECONDS_MAX)
    settings = {"group_id": "kp-seen", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    with admin_of(address) as admin:
        with contextlib.closing(KafkaConsumer("kp-groups", bootstrap_servers=address, **settings)) as consumer:
            next_batch(consumer, where)
            consumer.commit()
            described = admin.describe_groups(["kp-seen"])["kp-seen"]
            assert described["group_state"] == "Stable" and len(described["members"]) == 1, described
        assert "kp-seen" in {it["group_id"] for it in admin.list_groups()}
        assert admin.list_group_offsets("kp-seen")["kp-seen"][where].offset == 10
        admin.alter_group_offsets("kp-seen", {where: OffsetAndMetadata(3, "moved", -1)})
        assert admin.list_group_offsets("kp-seen")["kp-seen"][where] == OffsetAndMetadata(3, "moved", -1)
        admin.delete_group_offsets("kp-seen", [where])
        admin.delete_groups(["kp-seen"])
        assert "kp-seen" not in {it["group_id"] for it in admin.list_groups()}


def case_transactions_and_producers_are_listed(address, _):
    create(address, "kp-seen")
    where = TopicPartition("kp-seen", 0)
    with admin_of(address) as admin, producer_of(address, transactional_id="kp-listed") as producer:
        producer.init_transactions()
        producer.begin_transaction()
        producer.send("kp-seen", b"x").get(SECONDS_MAX)
        [listed] = [it for found in admin.list_transactions().values() for it in found if it.transactional_id == "kp-listed"]
        described = admin.describe_transactions(["kp-listed"])["kp-listed"]
        assert "ngoing" in str(listed) and "kp-seen" in str(described), (listed, described)
        active = admin.describe_producers([where])[where]
        assert str(listed.producer_id) in str(active), active
        producer.abort_transaction()


def case_users_and_rules_are_kept(address, asking_address):
    login = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": "bob", "sasl_plain_password": "hunter2"}
    create(address, "bobs")
    with admin_of(address) as admin:
        admin.alter_user_scram_credentials([UserScramCredentialUpsertion("bob", ScramMechanism.SCRAM_SHA_512, "hunter2", 4096)])
        with producer_of(asking_address, **login) as producer:
            expect(TopicAuthorizationFailedError, lambda: producer.send("bobs", b"x").get(SECONDS_MAX))
        pattern = ResourcePattern(ResourceType.TOPIC, "bobs")
        rule = ACL("User:bob", "*", ACLOperation.WRITE, ACLPermissionType.ALLOW, pattern)
        admin.create_acls([rule])
        with producer_of(asking_address, **login) as producer:
            producer.send("bobs", b"x").get(SECONDS_MAX)
        anything = ACLFilter("User:bob", "*", ACLOperation.ANY, ACLPermissionType.ANY, pattern)
        found = admin.describe_acls(anything)
        assert rule in (found[0] if isinstance(found, tuple) else found), found
        admin.delete_acls([anything])
        found = admin.describe_acls(anything)
        assert not (found[0] if isinstance(found, tuple) else found), found


def case_each_mechanism_logs_in_and_a_wrong_password_does_not(address, asking_address):
    create(address, OPEN)
    for number, mechanism in enumerate(MECHANISMS):
        login = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": mechanism, "sasl_plain_username": USER}
        right = login | {"sasl_plain_password": PASSWORD}
        with producer_of(asking_address, **right) as producer:
            producer.send(OPEN, mechanism.encode()).get(SECONDS_MAX)
            expect(TopicAuthorizationFailedError, lambda: producer.send("closed", b"x").get(SECONDS_MAX))
        assert read(asking_address, OPEN, number + 1, **right)[-1].value == mechanism.encode()
        wrong = login | {"sasl_plain_password": "wrong"}
        assert "SaslAuthenticationFailed" in said_when_refused(asking_address, wrong), mechanism


def said_when_refused(address, settings):
    """What the client logs; it tries again until its time is over, and then says only that."""
    heard = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    client = logging.getLogger("kafka")
    level = client.level
    client.addHandler(handler)
    client.setLevel(logging.INFO)
    client.propagate = False
    try:
        expect(KafkaTimeoutError, lambda: KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=1000, **settings))
    finally:
        client.removeHandler(handler)
        client.setLevel(level)
    return "\n".join(heard)


CASES = {name.removeprefix("case_"): case for name, case in list(globals().items()) if name.startswith("case_")}


def main():
    # What is refused here is refused on purpose.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    with asking(OPEN) as (address, asking_address):
        for name in sys.argv[1:] or CASES:
            began = time.monotonic()
            CASES[name](address, asking_address)
            print(f"ok {name.replace('_', ' ')} {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
