-- A window function over updates.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT c, SUM(c) OVER (ORDER BY ts) AS s FROM (SELECT ts, COUNT(*) AS c FROM trades GROUP BY ts);
