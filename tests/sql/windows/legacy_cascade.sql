-- A window over the rowtime of a legacy window.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT TUMBLE_START(r, INTERVAL '40' SECOND) AS s, SUM(n) AS n FROM (SELECT TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS r, COUNT(*) AS n FROM trades GROUP BY TUMBLE(ts, INTERVAL '10' SECOND)) GROUP BY TUMBLE(r, INTERVAL '40' SECOND);
