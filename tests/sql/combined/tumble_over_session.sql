-- Fixed windows over sessions.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW w AS SELECT sym, window_time AS rt, COUNT(*) AS c FROM TABLE(SESSION(TABLE trades PARTITION BY sym, DESCRIPTOR(ts), INTERVAL '6' SECOND)) GROUP BY sym, window_start, window_end, window_time;
SELECT window_start, SUM(c) AS c, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE w, DESCRIPTOR(rt), INTERVAL '30' SECOND)) GROUP BY window_start, window_end;
