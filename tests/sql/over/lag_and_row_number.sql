-- LAG and ROW_NUMBER of one window.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, LAG(px) OVER w AS l, ROW_NUMBER() OVER w AS n FROM trades WINDOW w AS (PARTITION BY sym ORDER BY ts);
