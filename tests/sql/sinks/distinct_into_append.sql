-- DISTINCT updates, in Flink: a sink of inserts does not take it.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE TABLE o (a STRING) WITH ('connector'='filesystem','path'='out/a','format'='json'); INSERT INTO o SELECT DISTINCT sym FROM trades; SELECT * FROM o;
