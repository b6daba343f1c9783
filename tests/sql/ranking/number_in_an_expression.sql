-- The number is used in an expression.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, n * 10 AS m FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC, id) AS n FROM trades) WHERE n <= 2;
