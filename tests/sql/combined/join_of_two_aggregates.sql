-- A full join of two aggregates.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT a.sym, b.sym AS s2, q, p FROM (SELECT sym, SUM(qty) AS q FROM trades WHERE px > 10 GROUP BY sym) AS a FULL JOIN (SELECT sym, MAX(px) AS p FROM trades WHERE px < 25 GROUP BY sym) AS b ON a.sym = b.sym;
