-- An aggregation over a window aggregation of the same hopping windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_start, window_end, MAX(q) AS best, COUNT(*) AS syms FROM (SELECT sym, window_start, window_end, SUM(qty) AS q FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) GROUP BY sym, window_start, window_end) GROUP BY window_start, window_end;
