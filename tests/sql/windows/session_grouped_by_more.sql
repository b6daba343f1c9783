-- Sessions of all rows, grouped by a key too.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, window_start, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE trades, DESCRIPTOR(ts), INTERVAL '6' SECOND)) GROUP BY sym, window_start, window_end;
