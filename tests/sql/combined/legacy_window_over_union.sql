-- GROUP BY TUMBLE over a union.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT TUMBLE_START(ts, INTERVAL '10' SECOND) AS w, COUNT(*) AS n, SUM(v) AS s FROM (SELECT ts, px AS v FROM trades UNION ALL SELECT ts, qty FROM trades) GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
