-- Ordered by a plain column, over updating rows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, q, SUM(q) OVER (ORDER BY sym) AS s FROM (SELECT sym, SUM(qty) AS q FROM trades GROUP BY sym);
