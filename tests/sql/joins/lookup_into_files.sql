-- A filesystem table is not asked by key.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT a.id, b.px FROM trades AS a JOIN trades FOR SYSTEM_TIME AS OF a.seen AS b ON a.id = b.id;
