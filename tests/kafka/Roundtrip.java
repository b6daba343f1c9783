import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's own Java client writes records and reads them back: Roundtrip ADDRESS TOPIC CODEC BYTES COUNT. */
public final class Roundtrip {
    private static final long READ_SECONDS_MAX = 120;
    private static final long TIME = 1_360_000_000_000L;

    public static void main(String[] arguments) throws Exception {
        String address = arguments[0];
        String topic = arguments[1];
        Values values = new Values(Integer.parseInt(arguments[3]));
        int count = Integer.parseInt(arguments[4]);
        produce(address, topic, arguments[2], values, count);
        consume(address, topic, values, count);
    }

    /** Idempotent, acknowledged by all, every record's offset checked. */
    private static void produce(String address, String topic, String codec, Values values, int count) throws Exception {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", address, "compression.type", codec, "acks", "all",
                "enable.idempotence", "true", "linger.ms", "5", "batch.size", "131072"));
        AtomicReference<String> fault = new AtomicReference<>();
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                long wanted = i;
                var record = new ProducerRecord<>(topic, 0, TIME + i, values.key(i), values.value(i));
                record.headers().add("n", values.key(i));
                producer.send(record, (acknowledged, error) -> {
                    if (error != null || acknowledged.offset() != wanted) {
                        fault.compareAndSet(null, "record " + wanted + ": " + (error == null ? "offset " + acknowledged.offset() : error));
                    }
                });
            }
            producer.flush();
        }
        if (fault.get() != null) {
            throw new ExecutionException(fault.get(), null);
        }
    }

    private static void consume(String address, String topic, Values values, int count) {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", address, "max.poll.records", "10000", "check.crcs", "true"));
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + Duration.ofSeconds(READ_SECONDS_MAX).toNanos();
            int next = 0;
            while (next < count) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("read " + next + " of " + count + " in " + READ_SECONDS_MAX + " s");
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    check(record, next++, values);
                }
            }
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            require(end == count, "the end is " + end + ", not " + count);
        }
    }

    private static void check(ConsumerRecord<byte[], byte[]> record, int i, Values values) {
        require(record.offset() == i, "offset " + record.offset() + " instead of " + i);
        require(record.timestamp() == TIME + i, "timestamp of " + i);
        require(Arrays.equals(record.key(), values.key(i)), "key of " + i);
        require(Arrays.equals(record.value(), values.value(i)), "value of " + i);
        require(Arrays.equals(record.headers().lastHeader("n").value(), values.key(i)), "header of " + i);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    /** The same bytes as `values.py` makes: the number in ten digits, then a pattern that repeats every 251 records. */
    private static final class Values {
        private static final int PERIOD = 251;
        private final byte[][] bodies = new byte[PERIOD][];

        Values(int length) {
            for (int i = 0; i < PERIOD; i++) {
                bodies[i] = new byte[length - 10];
                for (int j = 0; j < bodies[i].length; j++) {
                    bodies[i][j] = (byte) ((i * 31 + j * 7 + j * j % 11) % PERIOD);
                }
            }
        }

        byte[] key(int i) {
            return String.format("%010d", i).getBytes(StandardCharsets.US_ASCII);
        }

        byte[] value(int i) {
            byte[] body = bodies[i % PERIOD];
            byte[] value = Arrays.copyOf(key(i), 10 + body.length);
            System.arraycopy(body, 0, value, 10, body.length);
            return value;
        }
    }
}
