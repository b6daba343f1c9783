-- window_start and window_end within expressions.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT DATE_FORMAT(window_start, 'HH:mm') AS at_minute, TIMESTAMPDIFF(SECOND, window_start, window_end) AS secs, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
