-- A start that kafka does not know.
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'scan.startup.mode' = 'first-offset', 'format' = 'json');
SELECT * FROM k;
