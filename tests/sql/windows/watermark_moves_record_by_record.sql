-- The 3 s row is late, the 19 s row is not: the watermark that counts is the one before the row.
CREATE TABLE events (
  ts TIMESTAMP(3), v INT,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/watermarks.jsonl', 'format' = 'json');
SELECT window_start, window_end, SUM(v) AS s
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
