-- Two different windows in one query.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, SUM(px) OVER (PARTITION BY sym ORDER BY ts) AS a, SUM(px) OVER (ORDER BY ts) AS b FROM trades;
