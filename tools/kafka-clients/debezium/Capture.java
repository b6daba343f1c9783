import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.FileReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Debezium's embedded engine: writes each change of a database as a record, its key the run's name.
 *
 *   PROPERTIES TOPIC RUN
 *
 * The properties are the engine's; they say, too, where offsets and schema history are kept. Runs until it is killed.
 */
public final class Capture {
    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        try (FileReader reader = new FileReader(arguments[0])) {
            settings.load(reader);
        }
        KafkaProducer<String, String> producer = producer(settings.getProperty("bootstrap.servers"));
        DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
            .using(settings)
            .using((success, message, fault) -> System.out.println("ended " + success + " " + message + " " + fault))
            .notifying((events, committer) -> {
                deliver(producer, arguments[1], arguments[2], events);
                for (ChangeEvent<String, String> event : events) {
                    committer.markProcessed(event);
                }
                committer.markBatchFinished();
            })
            .build();
        engine.run();
        System.exit(1);
    }

    /** Returns when all are acknowledged, so that an offset never says more than what is in the topic. */
    private static void deliver(
        KafkaProducer<String, String> producer, String topic, String run, List<ChangeEvent<String, String>> events) {
        List<Future<?>> sent = new ArrayList<>();
        for (ChangeEvent<String, String> event : events) {
            if (event.value() != null) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, run, event.value())));
            }
        }
        for (Future<?> one : sent) {
            try {
                one.get();
            } catch (Exception fault) {
                throw new IllegalStateException(fault);
            }
        }
    }

    private static KafkaProducer<String, String> producer(String address) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", address);
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }
}
