"""Writing and reading topics with an ordinary Kafka client."""

import json

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

WAIT_SECONDS_MAX = 30


def produce_lines(address, topic, lines):
    """Sends each line as one record to partition 0."""
    producer = Producer({"bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 20})
    for line in lines:
        while True:
            try:
                producer.produce(topic, value=line, partition=0)
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
