-- RANGE with distances in batch.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, SUM(qty) OVER (PARTITION BY sym ORDER BY px RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS a FROM trades WHERE px IS NOT NULL;
