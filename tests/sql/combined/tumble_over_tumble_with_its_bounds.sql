-- The names of the inner bounds stand twice then.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW w AS SELECT window_start, window_end, window_time AS rt, SUM(qty) AS q FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, window_time;
SELECT window_start, window_end, SUM(q) AS q FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(rt), INTERVAL '30' SECOND)) GROUP BY window_start, window_end;
