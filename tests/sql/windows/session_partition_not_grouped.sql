-- Sessions by key, grouped by their bounds alone.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_start, window_end, COUNT(*) AS n FROM TABLE(SESSION(TABLE trades PARTITION BY sym, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
