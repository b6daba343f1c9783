-- NULL is a key like any other in a temporal join.
CREATE TABLE rates (cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt, PRIMARY KEY (cur) NOT ENFORCED)
WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
CREATE TABLE trades (id INT, sym STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '5' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT t.id, r.rate FROM trades AS t LEFT JOIN rates FOR SYSTEM_TIME AS OF t.ts AS r ON t.sym = r.cur WHERE t.sym IS NULL OR t.id < 3;
