-- A window aggregate over a window join.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT * FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND));
CREATE VIEW j AS SELECT x.window_start, x.window_end, x.sym, x.px, y.qty FROM a AS x JOIN a AS y ON x.window_start = y.window_start AND x.window_end = y.window_end AND x.sym = y.sym;
SELECT window_start, sym, COUNT(*) AS n, SUM(px * qty) AS v FROM j GROUP BY window_start, window_end, sym;
