-- Sliding windows over a Top-N: rows are taken back, groups vanish, sums and texts are of what is left.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW g AS SELECT id, sym, px, qty, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC, id) AS n FROM trades) WHERE n <= 2;
SELECT window_start, window_end, sym, COUNT(*) AS n, SUM(px) AS p, MIN(px) AS lo, COUNT(DISTINCT qty) AS q FROM TABLE(HOP(TABLE g, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) GROUP BY window_start, window_end, sym;
