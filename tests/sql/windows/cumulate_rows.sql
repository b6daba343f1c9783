-- Each row once for each of its cumulating windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, window_start, window_end, window_time FROM TABLE(CUMULATE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND));
