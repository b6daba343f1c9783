-- Order and limit within a subquery.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT COUNT(*) AS c, SUM(px) AS s FROM (SELECT px FROM trades ORDER BY px DESC, id LIMIT 4);
