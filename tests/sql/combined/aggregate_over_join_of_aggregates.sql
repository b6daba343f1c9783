-- An aggregate over a left join of aggregates.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT q IS NULL AS nothing, COUNT(*) AS n, SUM(p) AS p FROM (SELECT a.sym, q, p FROM (SELECT sym, MAX(px) AS p FROM trades GROUP BY sym) AS a LEFT JOIN (SELECT sym, SUM(qty) AS q FROM trades WHERE px > 11 GROUP BY sym) AS b ON a.sym = b.sym) GROUP BY q IS NULL;
