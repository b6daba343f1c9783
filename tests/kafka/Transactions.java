import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Transactions of Kafka's Java client, for test_transactions.py.
 *
 *   ADDRESS produce TOPIC ID COUNT     one record per partition in each; every third is aborted; says what was committed
 *   ADDRESS read TOPIC COUNT           reads committed values
 *   ADDRESS zombie TOPIC ID            two producers of one id: says `fenced` if the first is
 *   ADDRESS copy FROM TO ID TOTAL      copies with its offsets in the transactions, until all are copied
 */
public final class Transactions {
    private static final int PARTITIONS = 3;

    public static void main(String[] arguments) throws Exception {
        String address = arguments[0];
        switch (arguments[1]) {
            case "produce" -> produce(address, arguments[2], arguments[3], Integer.parseInt(arguments[4]));
            case "read" -> read(address, arguments[2], Integer.parseInt(arguments[3]));
            case "zombie" -> zombie(address, arguments[2], arguments[3]);
            case "copy" -> copy(address, arguments[2], arguments[3], arguments[4], Integer.parseInt(arguments[5]));
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    private static KafkaProducer<String, String> producer(String address, String id) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", address);
        settings.put("transactional.id", id);
        settings.put("linger.ms", "0");
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        while (true) {
            try {
                producer.initTransactions();
                return producer;
            } catch (TimeoutException away) {
                // The broker is being restarted.
            }
        }
    }

    /** Writes COUNT transactions, or without end if it is 0. */
    private static void produce(String address, String topic, String id, int count) {
        KafkaProducer<String, String> producer = producer(address, id);
        for (int number = 0; count == 0 || number < count; number++) {
            String name = "java-" + number;
            say("trying " + name);
            try {
                producer.beginTransaction();
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    producer.send(new ProducerRecord<>(topic, partition, null, name + "/" + partition));
                }
                if (number % 3 == 2) {
                    producer.flush();
                    producer.abortTransaction();
                } else {
                    commit(producer);
                    say("committed " + name);
                }
            } catch (KafkaException fault) {
                say("unknown " + name + " " + fault.getClass().getSimpleName());
                producer.close(Duration.ZERO);
                producer = producer(address, id);
            }
        }
        producer.close();
    }

    private static void commit(KafkaProducer<String, String> producer) {
        while (true) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException away) {
                // Whether it is committed is not known: the same is asked again.
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(String address, String topic, String group) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", address);
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("group.id", group);
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        consumer.assign(partitions);
        return consumer;
    }

    private static void read(String address, String topic, int count) {
        try (KafkaConsumer<String, String> consumer = consumer(address, topic, "java-reader")) {
            consumer.seekToBeginning(consumer.assignment());
            for (int found = 0; found < count;) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    say(record.value());
                    found++;
                }
            }
        }
    }

    private static void zombie(String address, String topic, String id) {
        KafkaProducer<String, String> first = producer(address, id);
        first.beginTransaction();
        first.send(new ProducerRecord<>(topic, 0, null, "by java's zombie"));
        first.flush();
        KafkaProducer<String, String> second = producer(address, id);
        try {
            first.commitTransaction();
            say("committed");
        } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
            say("fenced");
        }
        second.beginTransaction();
        second.send(new ProducerRecord<>(topic, 0, null, "by java's heir"));
        second.commitTransaction();
        second.close();
        first.close(Duration.ZERO);
    }

    /** A producer of its own epoch fences a copy that is still running; the group's offsets say where to go on. */
    private static void copy(String address, String from, String to, String id, int total) {
        KafkaProducer<String, String> producer = producer(address, id);
        try (KafkaConsumer<String, String> consumer = consumer(address, from, id)) {
            long copied = position(consumer);
            while (copied < total) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) {
                    copied = position(consumer);
                    continue;
                }
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                for (ConsumerRecord<String, String> record : records) {
                    producer.send(new ProducerRecord<>(to, record.partition(), null, record.value()));
                    TopicPartition place = new TopicPartition(from, record.partition());
                    offsets.put(place, new OffsetAndMetadata(record.offset() + 1));
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                producer.commitTransaction();
                copied += records.count();
                say("copied " + copied);
            }
        }
        producer.close();
    }

    /** How many records are copied, from where the group stands: the input has one transaction's marker at each end. */
    private static long position(KafkaConsumer<String, String> consumer) {
        long sum = 0;
        for (TopicPartition partition : consumer.assignment()) {
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            sum += Math.min(consumer.position(partition), end - 1);
        }
        return sum;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
