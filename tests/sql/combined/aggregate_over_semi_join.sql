-- An aggregate over a semi join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, COUNT(*) AS n, MAX(px) AS p FROM trades WHERE px IN (SELECT MAX(px) FROM trades GROUP BY sym) GROUP BY sym;
