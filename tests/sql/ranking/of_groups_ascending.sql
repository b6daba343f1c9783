-- The keys with the fewest rows: counts move out of the result.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, c FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY c, sym) AS n FROM (SELECT sym, COUNT(*) AS c FROM trades GROUP BY sym)) WHERE n <= 2;
