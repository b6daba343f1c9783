-- The two symbols with the most.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, q, n FROM (SELECT sym, q, ROW_NUMBER() OVER (ORDER BY q DESC, sym) AS n FROM (SELECT sym, SUM(qty) AS q FROM trades GROUP BY sym)) WHERE n <= 2;
