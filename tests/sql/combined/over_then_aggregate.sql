-- An aggregate over window functions.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, MAX(r) AS r, SUM(s) AS s FROM (SELECT sym, COUNT(*) OVER (PARTITION BY sym ORDER BY ts) AS r, SUM(px) OVER (PARTITION BY sym ORDER BY ts) AS s FROM trades) GROUP BY sym;
