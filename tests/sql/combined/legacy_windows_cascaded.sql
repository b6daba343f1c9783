-- GROUP BY TUMBLE over the rowtime of another.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT TUMBLE_END(rt, INTERVAL '30' SECOND) AS w, SUM(q) AS q FROM (SELECT TUMBLE_ROWTIME(ts, INTERVAL '10' SECOND) AS rt, SUM(qty) AS q FROM trades GROUP BY TUMBLE(ts, INTERVAL '10' SECOND), sym) GROUP BY TUMBLE(rt, INTERVAL '30' SECOND);
