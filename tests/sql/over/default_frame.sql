-- Without a frame: RANGE from the beginning.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym, SUM(px) OVER w AS s, COUNT(*) OVER w AS n, MIN(px) OVER w AS lo, MAX(px) OVER w AS hi FROM trades WINDOW w AS (PARTITION BY sym ORDER BY ts);
