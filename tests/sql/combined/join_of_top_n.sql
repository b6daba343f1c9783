-- A join with a Top-N.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT t.id, t.px, b.px AS best FROM trades AS t JOIN (SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px * 100 + id DESC) AS n FROM trades) WHERE n = 1) AS b ON t.sym = b.sym;
