-- LAG and SUM of one written window.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, LAG(px) OVER w AS l, SUM(px) OVER w AS s FROM trades WINDOW w AS (PARTITION BY sym ORDER BY ts);
