-- UNION ALL of aggregates, summed up.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, SUM(v) AS v, COUNT(*) AS n FROM (SELECT sym, SUM(qty) AS v FROM trades GROUP BY sym UNION ALL SELECT sym, MAX(px) FROM trades GROUP BY sym) GROUP BY sym;
