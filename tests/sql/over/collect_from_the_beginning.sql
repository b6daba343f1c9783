-- COLLECT over all rows so far.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, COLLECT(CAST(px AS STRING)) OVER (PARTITION BY sym ORDER BY ts) AS x FROM trades;
