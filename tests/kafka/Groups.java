import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The scene of test_groups.py with Kafka's Java client: Groups ADDRESS TOPIC GROUP RECORDS classic|cooperative|consumer. */
public final class Groups {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int PARTITIONS = 6;

    public static void main(String[] arguments) {
        String address = arguments[0], topic = arguments[1], group = arguments[2], protocol = arguments[4];
        int records = Integer.parseInt(arguments[3]);
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        Set<String> seen = new HashSet<>();
        KafkaConsumer<String, String> first = consumer(address, group, protocol);
        first.subscribe(List.of(topic));
        while (seen.size() < 100) read(first, seen, deadline);
        KafkaConsumer<String, String> second = consumer(address, group, protocol);
        second.subscribe(List.of(topic));
        while (first.assignment().size() != PARTITIONS / 2 || second.assignment().size() != PARTITIONS / 2) {
            read(first, seen, deadline);
            read(second, seen, deadline);
        }
        Set<TopicPartition> both = new HashSet<>(first.assignment());
        both.retainAll(second.assignment());
        if (!both.isEmpty()) throw new AssertionError("both have " + both);
        first.close();
        while (!isAtEnd(second, topic, records)) read(second, seen, deadline);
        second.close();
        new ArrayList<>(seen).forEach(System.out::println);
    }

    private static KafkaConsumer<String, String> consumer(String address, String group, String protocol) {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", address, "group.id", group, "auto.offset.reset", "earliest",
            "enable.auto.commit", "false", "max.poll.records", "20"));
        if (protocol.equals("consumer")) {
            settings.put("group.protocol", "consumer");
        } else {
            settings.put("session.timeout.ms", "6000");
            settings.put("heartbeat.interval.ms", "500");
        }
        if (protocol.equals("cooperative")) {
            settings.put("partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
        }
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static void read(KafkaConsumer<String, String> consumer, Set<String> seen, long deadline) {
        if (System.nanoTime() > deadline) throw new AssertionError("too slow; assigned " + consumer.assignment());
        boolean any = false;
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
            seen.add(record.value());
            any = true;
        }
        if (!any) return;
        try {
            consumer.commitSync();
        } catch (CommitFailedException | RebalanceInProgressException fenced) {
            // What it meant is read again.
        }
    }

    private static boolean isAtEnd(KafkaConsumer<String, String> consumer, String topic, int records) {
        Set<TopicPartition> all = new HashSet<>();
        for (int number = 0; number < PARTITIONS; number++) all.add(new TopicPartition(topic, number));
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(all);
        return committed.values().stream().allMatch(it -> it != null && it.offset() == records / PARTITIONS);
    }
}
