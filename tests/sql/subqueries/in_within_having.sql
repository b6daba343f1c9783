-- `IN (query)` of a key in `HAVING`.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, SUM(px) AS s FROM trades t GROUP BY sym HAVING sym IN (SELECT sym FROM trades WHERE px > 30);
