-- An aggregation over a Top-N.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, SUM(px) AS s, COUNT(*) AS c FROM (SELECT sym, px, ROW_NUMBER() OVER (PARTITION BY sym ORDER BY px DESC) AS n FROM trades) WHERE n <= 2 GROUP BY sym;
