-- A Top-N over a Top-N.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, px, m FROM (SELECT id, px, ROW_NUMBER() OVER (ORDER BY px, id) AS m FROM (SELECT id, px, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC, id) AS n FROM trades) WHERE n <= 2) WHERE m <= 3;
