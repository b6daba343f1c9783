-- A common table used on both sides.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
WITH s AS (SELECT sym, SUM(qty) AS q, MAX(px) AS p FROM trades GROUP BY sym) SELECT a.sym, b.sym AS other FROM s AS a JOIN s AS b ON a.q < b.q AND a.p > b.p;
