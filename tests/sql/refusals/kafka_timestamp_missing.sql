-- A start by timestamp without the timestamp.
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'scan.startup.mode' = 'timestamp', 'format' = 'json');
SELECT * FROM k;
