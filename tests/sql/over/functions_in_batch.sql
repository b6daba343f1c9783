-- Window functions in batch.
SET 'execution.runtime-mode' = 'batch';
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, ROW_NUMBER() OVER w AS rn, RANK() OVER w AS r, DENSE_RANK() OVER w AS dr, LAG(id) OVER w AS lg, LEAD(id, 2, 0) OVER w AS ld, NTILE(2) OVER w AS nt, FIRST_VALUE(px) OVER w AS f, LAST_VALUE(px) OVER w AS l FROM trades WINDOW w AS (PARTITION BY sym ORDER BY id);
