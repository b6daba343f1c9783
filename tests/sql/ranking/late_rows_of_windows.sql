-- A window Top-N after windows that lost rows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym, window_end, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, sym ORDER BY qty DESC, id) AS n FROM TABLE(CUMULATE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND))) WHERE n <= 1;
