-- An aggregation that looks itself up.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW agg AS SELECT sym, COUNT(*) AS n, SUM(px) AS p, MAX(qty) AS q FROM trades GROUP BY sym;
SELECT sym, n, n IN (SELECT q FROM agg) AS i FROM agg;
