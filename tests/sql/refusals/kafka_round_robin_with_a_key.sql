-- Records with a key don't go round.
CREATE TABLE k (a INT, b STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json', 'sink.partitioner' = 'round-robin', 'key.format' = 'json', 'key.fields' = 'a');
INSERT INTO k VALUES (1, 'x');
