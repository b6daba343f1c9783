import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A group of three whose members are stopped and started anew one by one, first with the consumer protocol, then with the
 * classic one again: Migration ADDRESS TOPIC GROUP RECORDS classic|cooperative. Prints each record that is read, each time.
 */
public final class Migration {
    private static final int PARTITIONS = 6, MEMBERS = 3;
    private static final Duration POLL = Duration.ofMillis(50);

    private final String address, topic, group, strategy;
    private final int records;
    private final long deadline = System.nanoTime() + Duration.ofSeconds(170).toNanos();
    private final List<KafkaConsumer<String, String>> members = new ArrayList<>();
    private final Map<TopicPartition, Integer> owners = new HashMap<>();
    private final List<String> read = new ArrayList<>();
    private int made;

    public static void main(String[] arguments) throws Exception {
        new Migration(arguments).run();
    }

    private Migration(String[] arguments) {
        address = arguments[0];
        topic = arguments[1];
        group = arguments[2];
        records = Integer.parseInt(arguments[3]);
        strategy = arguments[4].equals("cooperative") ? "CooperativeStickyAssignor" : "RangeAssignor";
    }

    private void run() throws Exception {
        for (int number = 0; number < MEMBERS; number++) members.add(member("classic"));
        while (read.size() < records) step();
        share();
        for (String protocol : List.of("consumer", "classic")) {
            for (int number = 0; number < MEMBERS; number++) {
                members.get(number).close();
                members.set(number, member(protocol));
                share();
            }
            checkType(protocol.equals("consumer") ? GroupType.CONSUMER : GroupType.CLASSIC);
        }
        members.forEach(KafkaConsumer::close);
        read.forEach(System.out::println);
    }

    /** Until each has as much. */
    private void share() {
        do {
            step();
        } while (!members.stream().allMatch(member -> member.assignment().size() == PARTITIONS / MEMBERS));
    }

    private void step() {
        if (System.nanoTime() > deadline) throw new AssertionError("too slow; owners " + owners + ", read " + read.size());
        for (KafkaConsumer<String, String> member : members) {
            boolean any = false;
            for (ConsumerRecord<String, String> record : member.poll(POLL)) {
                read.add(record.value());
                any = true;
            }
            try {
                if (any) member.commitSync();
            } catch (CommitFailedException | RebalanceInProgressException fenced) {
                // What it meant is read again.
            }
        }
    }

    private KafkaConsumer<String, String> member(String protocol) {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", address, "group.id", group, "auto.offset.reset", "earliest",
            "enable.auto.commit", "false", "group.protocol", protocol));
        if (protocol.equals("classic")) {
            settings.putAll(Map.of("session.timeout.ms", "30000", "heartbeat.interval.ms", "300",
                "partition.assignment.strategy", "org.apache.kafka.clients.consumer." + strategy));
        }
        KafkaConsumer<String, String> member = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        member.subscribe(List.of(topic), new Owner(++made));
        return member;
    }

    private void checkType(GroupType type) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
            boolean found = admin.listGroups(new ListGroupsOptions()).all().get().stream()
                .anyMatch(it -> it.groupId().equals(group) && it.type().equals(java.util.Optional.of(type)));
            if (!found) throw new AssertionError("the group is not of type " + type);
        }
    }

    /** Sees to it that no partition has two owners. */
    private final class Owner implements ConsumerRebalanceListener {
        private final int name;

        private Owner(int name) {
            this.name = name;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            for (TopicPartition partition : partitions) {
                Integer other = owners.putIfAbsent(partition, name);
                if (other != null && other != name) throw new AssertionError(partition + " has owners " + other + " and " + name);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> owners.remove(partition, name));
        }
    }
}
