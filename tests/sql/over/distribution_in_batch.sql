-- PERCENT_RANK and CUME_DIST in batch.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, PERCENT_RANK() OVER w AS p, CUME_DIST() OVER (PARTITION BY sym ORDER BY px, id) AS c, RANK() OVER w AS r, DENSE_RANK() OVER w AS d FROM trades WINDOW w AS (PARTITION BY sym ORDER BY px);
