-- Hopping windows per key, NULL key, late rows that still lie in some windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, window_start, window_end, COUNT(*) AS n, SUM(qty) AS q, MIN(px) AS lo, MAX(px) AS hi, AVG(px) AS mean, COUNT(DISTINCT px) AS d FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND)) GROUP BY sym, window_start, window_end;
