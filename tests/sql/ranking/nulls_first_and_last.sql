-- NULLs where the order puts them.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT id, sym, px, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC NULLS FIRST, qty ASC NULLS LAST, id) AS n FROM trades) WHERE n <= 2;
