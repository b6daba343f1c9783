#!/usr/bin/env python3
"""aiokafka against Yeoul: producing in every codec, reading, seeking, transactions, administration, logging in.

    tests/support/python tests/kafka/test_aiokafka.py [CASE ...]

Consumer groups of this client are in test_groups.py. Starts `yeoul` (YEOUL_BIN) with a listener that asks for a login.
"""

import asyncio
import contextlib
import logging
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition  # noqa: E402
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete  # noqa: E402
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType  # noqa: E402
from aiokafka.errors import KafkaConnectionError, OutOfOrderSequenceNumber, ProducerFenced, TopicAuthorizationFailedError  # noqa: E402
from asking import MECHANISMS, PASSWORD, USER, asking  # noqa: E402

SECONDS_MAX = 30
OPEN = "open"


@contextlib.asynccontextmanager
async def running(client):
    await client.start()
    try:
        yield client
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def create(address, topic, partitions=1):
    async with running(AIOKafkaAdminClient(bootstrap_servers=address)) as admin:
        await admin.create_topics([NewTopic(topic, partitions, 1)])


async def read(address, topic, count, partition=0, **settings):
    """The first `count` records of a partition, then makes sure that no other follows."""
    where = TopicPartition(topic, partition)
    consumer = AIOKafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, **settings)
    async with running(consumer):
        consumer.assign([where])
        await consumer.seek_to_beginning(where)
        found = []
        deadline = time.monotonic() + SECONDS_MAX
        while len(found) < count:
            assert time.monotonic() < deadline, f"`{topic}` gave {len(found)} of {count}"
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found += batch
        more = await consumer.getmany(timeout_ms=200)
        assert not more and len(found) == count, f"`{topic}` gave more than {count}"
        return found


async def case_records_come_back_in_every_codec(address, _):
    for codec in (None, "gzip", "snappy", "lz4", "zstd"):
        for idempotent in (False, True):
            topic = f"codec-{codec}-{idempotent}"
            await create(address, topic)
            how = {"compression_type": codec, "enable_idempotence": idempotent, "linger_ms": 5, "acks": "all"}
            async with running(AIOKafkaProducer(bootstrap_servers=address, **how)) as producer:
                sent = [await producer.send(topic, b"value %d " % i * 20, key=b"%d" % i, headers=[("n", b"1"), ("n", b"2")]) for i in range(500)]
                offsets = [(await future).offset for future in sent]
            assert offsets == list(range(500)), offsets[:5]
            for i, record in enumerate(await read(address, topic, 500)):
                assert (record.key, record.value) == (b"%d" % i, b"value %d " % i * 20), record
                assert record.headers == (("n", b"1"), ("n", b"2")), record.headers


async def case_positions_by_time_and_by_end(address, _):
    await create(address, "times")
    where = TopicPartition("times", 0)
    async with running(AIOKafkaProducer(bootstrap_servers=address)) as producer:
        for i in range(100):
            await producer.send("times", b"%d" % i, timestamp_ms=1_700_000_000_000 + i * 1000)
        await producer.flush()
    async with running(AIOKafkaConsumer(bootstrap_servers=address)) as consumer:
        found = await consumer.offsets_for_times({where: 1_700_000_000_000 + 49_500})
        assert found[where].offset == 50, found
        assert await consumer.beginning_offsets([where]) == {where: 0}
        assert await consumer.end_offsets([where]) == {where: 100}
        consumer.assign([where])
        consumer.seek(where, 97)
        assert [(await consumer.getone()).value for _ in range(3)] == [b"97", b"98", b"99"]


async def case_transactions_commit_with_their_offsets_and_abort(address, _):
    await create(address, "aio-in")
    await create(address, "aio-out")
    source = TopicPartition("aio-in", 0)
    async with running(AIOKafkaProducer(bootstrap_servers=address)) as producer:
        for i in range(60):
            await producer.send("aio-in", b"%d" % i)
        await producer.flush()
    copier = AIOKafkaProducer(bootstrap_servers=address, transactional_id="aio")
    reader = AIOKafkaConsumer("aio-in", bootstrap_servers=address, group_id="aio", auto_offset_reset="earliest", enable_auto_commit=False)
    async with running(copier), running(reader):
        for number in range(6):
            await copier.begin_transaction()
            batch = [await reader.getone() for _ in range(10)]
            for record in batch:
                await copier.send("aio-out", record.value)
            await copier.send_offsets_to_transaction({source: batch[-1].offset + 1}, "aio")
            if number % 3 == 1:
                await copier.abort_transaction()
                reader.seek(source, batch[0].offset)
            else:
                await copier.commit_transaction()
        assert await reader.committed(source) == 40
    committed = await read(address, "aio-out", 40, isolation_level="read_committed")
    assert [int(record.value) for record in committed] == list(range(40))
    assert len(await read(address, "aio-out", 60, isolation_level="read_uncommitted")) == 60


async def case_a_zombie_is_fenced(address, _):
    await create(address, "aio-zombie")
    old = AIOKafkaProducer(bootstrap_servers=address, transactional_id="aio-zombie")
    async with running(old):
        await old.begin_transaction()
        await old.send_and_wait("aio-zombie", b"old")
        async with running(AIOKafkaProducer(bootstrap_servers=address, transactional_id="aio-zombie")) as new:
            try:
                await old.send_and_wait("aio-zombie", b"too late")
                await old.commit_transaction()
                raise AssertionError("the zombie was not fenced")
            except (ProducerFenced, OutOfOrderSequenceNumber):
                pass
            async with new.transaction():
                await new.send_and_wait("aio-zombie", b"new")
    records = await read(address, "aio-zombie", 1, isolation_level="read_committed")
    assert [record.value for record in records] == [b"new"]


async def case_topics_are_administered(address, _):
    async with running(AIOKafkaAdminClient(bootstrap_servers=address)) as admin:
        await admin.create_topics([NewTopic("aio-admin", 2, 3, topic_configs={"retention.ms": "86400000"})])
        assert "aio-admin" in await admin.list_topics()
        [described] = await admin.describe_topics(["aio-admin"])
        assert len(described["partitions"]) == 2, described
        resource = ConfigResource(ConfigResourceType.TOPIC, "aio-admin")
        [configs] = await admin.describe_configs([resource])
        values = {entry[0]: entry[1] for entry in configs.resources[0][4]}
        assert values["retention.ms"] == "86400000" and values["cleanup.policy"] == "delete", values
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, "aio-admin", {"retention.ms": "1000000"})])
        [configs] = await admin.describe_configs([resource])
        assert {entry[0]: entry[1] for entry in configs.resources[0][4]}["retention.ms"] == "1000000"
        await admin.create_partitions({"aio-admin": NewPartitions(5)})
        [described] = await admin.describe_topics(["aio-admin"])
        assert len(described["partitions"]) == 5, described
        await deletes_records(address, admin)
        cluster = await admin.describe_cluster()
        assert len(cluster["brokers"]) == 1, cluster
        await admin.delete_topics(["aio-admin"])
        assert "aio-admin" not in await admin.list_topics()


async def deletes_records(address, admin):
    async with running(AIOKafkaProducer(bootstrap_servers=address)) as producer:
        for i in range(20):
            await producer.send_and_wait("aio-admin", b"%d" % i, partition=1)
    where = TopicPartition("aio-admin", 1)
    assert await admin.delete_records({where: RecordsToDelete(before_offset=15)}) == {where: 15}
    assert [record.offset for record in await read(address, "aio-admin", 5, partition=1)] == [15, 16, 17, 18, 19]


async def case_groups_are_described(address, _):
    await create(address, "aio-groups")
    where = TopicPartition("aio-groups", 0)
    settings = {"group_id": "aio-seen", "auto_offset_reset": "earliest", "enable_auto_commit": False}
    async with running(AIOKafkaProducer(bootstrap_servers=address)) as producer:
        await producer.send_and_wait("aio-groups", b"x")
    async with running(AIOKafkaConsumer("aio-groups", bootstrap_servers=address, **settings)) as consumer:
        await consumer.getone()
        await consumer.commit()
        async with running(AIOKafkaAdminClient(bootstrap_servers=address)) as admin:
            assert ("aio-seen", "consumer") in [tuple(it[:2]) for it in await admin.list_consumer_groups()]
            [answer] = await admin.describe_consumer_groups(["aio-seen"])
            _, group, state, kind, strategy, members, *_ = answer.groups[0]
            assert (group, state, kind, strategy, len(members)) == ("aio-seen", "Stable", "consumer", "roundrobin", 1), answer
            offsets = await admin.list_consumer_group_offsets("aio-seen")
            assert offsets[where].offset == 1, offsets


async def case_each_mechanism_logs_in_and_a_wrong_password_does_not(address, asking_address):
    await create(address, OPEN)
    for number, mechanism in enumerate(MECHANISMS):
        login = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": mechanism, "sasl_plain_username": USER}
        right = login | {"sasl_plain_password": PASSWORD, "bootstrap_servers": asking_address}
        async with running(AIOKafkaProducer(enable_idempotence=True, **right)) as producer:
            await producer.send_and_wait(OPEN, mechanism.encode())
            try:
                await producer.send_and_wait("closed", b"x")
                raise AssertionError("a topic without a rule was written to")
            except TopicAuthorizationFailedError:
                pass
        del right["bootstrap_servers"]
        records = await read(asking_address, OPEN, number + 1, **right)
        assert records[-1].value == mechanism.encode()
        wrong = AIOKafkaProducer(bootstrap_servers=asking_address, sasl_plain_password="wrong", **login)
        try:
            await wrong.start()
            raise AssertionError("a wrong password was let in")
        except KafkaConnectionError:
            await wrong.stop()


CASES = {name.removeprefix("case_"): case for name, case in list(globals().items()) if name.startswith("case_")}


def main():
    # What is refused here is refused on purpose.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with asking(OPEN) as (address, asking_address):
        for name in sys.argv[1:] or CASES:
            began = time.monotonic()
            asyncio.run(asyncio.wait_for(CASES[name](address, asking_address), 3 * SECONDS_MAX))
            print(f"ok {name.replace('_', ' ')} {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
