-- Each left row once, from a window join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT * FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '20' SECOND));
SELECT l, r FROM (SELECT x.id AS l, y.id AS r, x.window_start, x.window_end, ROW_NUMBER() OVER (PARTITION BY x.window_start, x.window_end, x.id ORDER BY y.px DESC, y.id) AS n FROM a AS x JOIN a AS y ON x.window_start = y.window_start AND x.window_end = y.window_end AND x.sym = y.sym) WHERE n = 1;
