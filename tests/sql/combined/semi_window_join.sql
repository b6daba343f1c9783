-- A semi join within windows, aggregated.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT * FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND));
SELECT window_start, COUNT(*) AS n FROM (SELECT * FROM a AS x WHERE x.sym IN (SELECT sym FROM (SELECT * FROM a WHERE px > 11) AS y WHERE x.window_start = y.window_start AND x.window_end = y.window_end)) GROUP BY window_start, window_end;
