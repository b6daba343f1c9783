-- Growing windows over fixed ones.
CREATE TABLE trades (
  id INT, sym STRING, px INT, qty INT, ts TIMESTAMP(3),
  seen AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
CREATE VIEW w AS SELECT window_time AS rt, MAX(px) AS p FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, window_time;
SELECT window_start, window_end, MAX(p) AS p, COUNT(*) AS n FROM TABLE(CUMULATE(TABLE w, DESCRIPTOR(rt), INTERVAL '10' SECOND, INTERVAL '40' SECOND)) GROUP BY window_start, window_end;
