-- Windows over windows over windows.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW a AS SELECT window_time AS rt, SUM(px) AS p FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end, window_time;
CREATE VIEW b AS SELECT window_time AS rt, MAX(p) AS p FROM TABLE(TUMBLE(TABLE a, DESCRIPTOR(rt), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, window_time;
SELECT window_start, MIN(p) AS p, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE b, DESCRIPTOR(rt), INTERVAL '20' SECOND)) GROUP BY window_start, window_end;
