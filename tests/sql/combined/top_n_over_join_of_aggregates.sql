-- Top-N over a join of aggregates.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, q, p FROM (SELECT a.sym, q, p, ROW_NUMBER() OVER (ORDER BY q * p DESC) AS n FROM (SELECT sym, SUM(qty) AS q FROM trades GROUP BY sym) AS a JOIN (SELECT sym, MAX(px) AS p FROM trades GROUP BY sym) AS b ON a.sym = b.sym) WHERE n <= 2;
