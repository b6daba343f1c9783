-- CURRENT_WATERMARK is the one before the row.
CREATE TABLE events (
  ts TIMESTAMP(3), v INT,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/watermarks.jsonl', 'format' = 'json');
SELECT ts, v, CURRENT_WATERMARK(ts) AS w FROM events;
