"""Writing and reading topics with an ordinary Kafka client."""

import json
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

WAIT_SECONDS_MAX = 30


def produce_lines(address, topic, lines, began=0):
    """Sends each line as one record to partition 0; with `began` (ms) the records are a millisecond apart from then on."""
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 20})
    for number, line in enumerate(lines):
        while True:
            try:
                producer.produce(topic, value=line, partition=0, timestamp=began and began + number)
                break
            except BufferError:
                producer.poll(0.1)
    left = producer.flush(WAIT_SECONDS_MAX)
    assert left == 0, f"{left} records were not acknowledged"


def read_topic(address, topic):
    """All records of a topic's one partition, in order, as messages."""
    consumer = Consumer({
        "bootstrap.servers": address,
        "group.id": "reader",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "log_level": 0,
    })
    try:
        partition = TopicPartition(topic, 0, 0)
        low, high = consumer.get_watermark_offsets(partition, timeout=WAIT_SECONDS_MAX)
        if low == high:
            return []
        consumer.assign([TopicPartition(topic, 0, low)])
        messages = []
        while not messages or messages[-1].offset() < high - 1:
            # `consume` waits until it has all that it was asked for.
            left = high - (messages[-1].offset() + 1 if messages else low)
            batch = consumer.consume(min(10_000, left), timeout=WAIT_SECONDS_MAX)
            assert batch, f"`{topic}` gave {len(messages)} records, its end is {high}"
            for message in batch:
                assert message.error() is None, message.error()
                messages.append(message)
        return messages
    finally:
        consumer.close()


def values_of_partition(address, topic, partition=0, isolation="read_committed"):
    """The values of `records_of_partition`."""
    return [message.value() for message in records_of_partition(address, topic, partition, isolation)]


def records_of_partition(address, topic, partition=0, isolation="read_committed"):
    """All records of a partition up to its end, as a reader of that isolation sees it."""
    settings = {"bootstrap.servers": address, "group.id": "reader", "enable.auto.commit": False, "isolation.level": isolation}
    consumer = Consumer(settings | {"enable.partition.eof": True, "auto.offset.reset": "earliest", "log_level": 0})
    consumer.assign([TopicPartition(topic, partition, 0)])
    records, deadline = [], time.monotonic() + WAIT_SECONDS_MAX
    try:
        while time.monotonic() < deadline:
            for message in consumer.consume(10_000, timeout=0.5):
                if message.error() is not None:
                    assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                    return records
                records.append(message)
        raise AssertionError(f"`{topic}` has no end after {len(records)} records")
    finally:
        consumer.close()


def read_json(address, topic):
    """The values of a topic as JSON objects."""
    return [json.loads(message.value()) for message in read_topic(address, topic)]


def end_offset(address, topic):
    """The high watermark of a topic's one partition; 0 for a topic that isn't there."""
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader", "allow.auto.create.topics": False, "log_level": 0})
    try:
        topics = consumer.list_topics(timeout=WAIT_SECONDS_MAX).topics
        if topic not in topics:
            return 0
        return consumer.get_watermark_offsets(TopicPartition(topic, 0), timeout=WAIT_SECONDS_MAX)[1]
    except KafkaException as fault:
        raise AssertionError(f"`{topic}`: {fault}") from fault
    finally:
        consumer.close()
