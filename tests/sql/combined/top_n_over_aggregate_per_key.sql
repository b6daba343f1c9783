-- The best of each key of an aggregate that shrinks and grows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT k, sym, a FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY a ASC, sym) AS n FROM (SELECT sym, CHAR_LENGTH(COALESCE(sym, '')) AS k, AVG(px) AS a FROM trades GROUP BY sym)) WHERE n = 1;
