-- The last rows of both sides joined.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT a.sym, a.px, b.q FROM (SELECT id, sym, px, qty, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS n FROM trades) WHERE n = 1) AS a LEFT JOIN (SELECT sym, SUM(qty) AS q FROM trades GROUP BY sym) AS b ON a.sym = b.sym;
