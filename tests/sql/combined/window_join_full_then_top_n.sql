-- The best of each window of a full window join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT * FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND));
SELECT window_start, l, r, n FROM (SELECT x.window_start, x.window_end, x.id AS l, y.id AS r, ROW_NUMBER() OVER (PARTITION BY x.window_start, x.window_end ORDER BY x.px DESC, x.id, y.id) AS n FROM a AS x JOIN a AS y ON x.window_start = y.window_start AND x.window_end = y.window_end AND x.px = y.px) WHERE n <= 2;
