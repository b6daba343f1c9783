-- Windows over the window_time of windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_start, window_end, SUM(q) AS q, COUNT(*) AS c FROM TABLE(TUMBLE((SELECT window_time AS wt, sym, SUM(qty) AS q FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, window_time, sym), DESCRIPTOR(wt), INTERVAL '30' SECOND)) GROUP BY window_start, window_end;
