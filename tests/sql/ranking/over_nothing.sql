-- A Top-N over no rows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/empty.jsonl', 'format' = 'json');
SELECT id, sym, px, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px) AS n FROM trades) WHERE n <= 2;
