-- A window over an updating table.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_end, COUNT(*) AS n FROM TABLE(TUMBLE((SELECT sym, MAX(ts) AS ts FROM trades GROUP BY sym), DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
