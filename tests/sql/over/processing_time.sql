-- By processing time, from the beginning.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, SUM(px) OVER (PARTITION BY sym ORDER BY seen) AS s, COUNT(*) OVER (PARTITION BY sym ORDER BY seen) AS n FROM trades;
