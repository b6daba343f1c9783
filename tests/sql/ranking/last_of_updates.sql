-- The last row by processing time of updating rows is no deduplication.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, c FROM (SELECT sym, c, ROW_NUMBER() OVER (PARTITION BY m ORDER BY c DESC) AS n FROM (SELECT sym, COUNT(*) AS c, MAX(qty) AS m FROM trades GROUP BY sym)) WHERE n = 1;
