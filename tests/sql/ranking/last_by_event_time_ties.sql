-- The last row by event time; of equals, the last to come.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades WHERE id < 5) WHERE n = 1;
