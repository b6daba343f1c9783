-- A window aggregate over a left window join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT * FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND));
SELECT window_start, COUNT(*) AS n, COUNT(r) AS m FROM (SELECT x.window_start, x.window_end, x.id AS l, y.id AS r FROM a AS x LEFT JOIN (SELECT * FROM a WHERE px > 20) AS y ON x.window_start = y.window_start AND x.window_end = y.window_end AND x.sym = y.sym) GROUP BY window_start, window_end;
