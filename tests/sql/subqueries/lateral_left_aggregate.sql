-- `LEFT JOIN LATERAL` of an aggregate.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW agg AS SELECT sym, COUNT(*) AS n, SUM(px) AS p, MAX(qty) AS q FROM trades GROUP BY sym;
SELECT a.sym, l.m FROM agg a LEFT JOIN LATERAL (SELECT MAX(px) AS m FROM trades t WHERE t.sym = a.sym) AS l ON TRUE;
