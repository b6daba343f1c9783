-- An aggregate over an EXCEPT.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT COUNT(*) AS n, SUM(px) AS s FROM (SELECT px FROM trades EXCEPT SELECT MAX(px) FROM trades GROUP BY sym);
