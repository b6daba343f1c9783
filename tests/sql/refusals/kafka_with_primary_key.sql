-- A primary key on a plain kafka table of an append-only format.
CREATE TABLE k (a INT NOT NULL, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '127.0.0.1:9092', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json');
SELECT * FROM k;
