-- Offsets by partition are those of one topic.
CREATE TABLE k (a INT, b STRING) WITH ('connector' = 'kafka', 'topic' = 't;u', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'format' = 'json', 'scan.startup.mode' = 'specific-offsets', 'scan.startup.specific-offsets' = 'partition:0,offset:42');
SELECT * FROM k;
