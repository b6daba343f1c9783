-- QUALIFY that keeps the last row.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym FROM trades QUALIFY ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) = 1;
