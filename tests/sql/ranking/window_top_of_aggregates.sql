-- The best two keys of each window.
-- Ties are settled by arrival.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT * FROM (SELECT sym, q, window_start, window_end, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY q DESC) AS n FROM (SELECT sym, window_start, window_end, SUM(qty) AS q FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY sym, window_start, window_end)) WHERE n <= 2;
