-- The keys with the most rows: the input updates.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, n0, q, n FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY n0 DESC, sym) AS n FROM (SELECT sym, COUNT(*) AS n0, SUM(qty) AS q FROM trades GROUP BY sym)) WHERE n <= 2;
