-- A kafka table without its servers.
CREATE TABLE k (a INT) WITH ('connector' = 'kafka', 'topic' = 't', 'format' = 'json');
SELECT * FROM k;
