-- Calls within expressions, and filtered behind.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT * FROM (SELECT id, px - LAG(px) OVER (PARTITION BY sym ORDER BY ts) AS d FROM trades) WHERE d > 0;
