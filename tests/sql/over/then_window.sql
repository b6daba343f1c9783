-- A window over rows with an OVER aggregate.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_end, MAX(c) AS m FROM TABLE(TUMBLE((SELECT ts, COUNT(*) OVER (PARTITION BY sym ORDER BY ts) AS c FROM trades), DESCRIPTOR(ts), INTERVAL '20' SECOND)) GROUP BY window_start, window_end;
