-- All frames in batch.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, SUM(px) OVER (PARTITION BY sym ORDER BY ts, id) AS a, SUM(px) OVER (PARTITION BY sym ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS b, SUM(px) OVER (PARTITION BY sym) AS c, COUNT(*) OVER (ORDER BY id DESC ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS d FROM trades;
