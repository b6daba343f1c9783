-- `NOT IN` a query without rows waits for its first row, in Flink.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE TABLE rates (cur STRING, rate INT, vt TIMESTAMP(3), WATERMARK FOR vt AS vt - INTERVAL '1' HOUR)
WITH ('connector' = 'filesystem', 'path' = 'data/rates.jsonl', 'format' = 'json');
SELECT id, px NOT IN (SELECT rate FROM rates WHERE rate > 1000) AS m FROM trades a;
