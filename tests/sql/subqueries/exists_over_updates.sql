-- `EXISTS` over rows that are taken back, as a value.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW agg AS SELECT sym, COUNT(*) AS n, SUM(px) AS p, MAX(qty) AS q FROM trades GROUP BY sym;
CREATE VIEW latest AS SELECT id, sym, px, qty, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY ts DESC) AS rn FROM trades) WHERE rn = 1;
SELECT sym, EXISTS (SELECT 1 FROM latest l WHERE l.sym = a.sym AND l.px > 14) AS i FROM agg a;
