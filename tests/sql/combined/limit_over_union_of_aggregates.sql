-- LIMIT over a union.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT * FROM (SELECT sym, MAX(px) AS v FROM trades GROUP BY sym UNION ALL SELECT sym, MIN(px) FROM trades GROUP BY sym) ORDER BY v, sym LIMIT 3;
