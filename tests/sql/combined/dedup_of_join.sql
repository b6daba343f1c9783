-- Each symbol once, from a join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT sym, l, r FROM (SELECT a.sym, a.id AS l, b.id AS r, ROW_NUMBER() OVER (PARTITION BY a.sym ORDER BY a.px * 10000 + b.id * 100 + a.id DESC) AS n FROM trades AS a JOIN trades AS b ON a.sym = b.sym AND a.id < b.id) WHERE n = 1;
