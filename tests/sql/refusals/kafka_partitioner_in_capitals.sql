-- A partitioner's name is spelled as it is; others are Java classes.
CREATE TABLE k (a INT, b STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json', 'sink.partitioner' = 'Fixed');
INSERT INTO k VALUES (1, 'x');
