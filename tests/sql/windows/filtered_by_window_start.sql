-- A filter on window_start.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT k, window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
WHERE window_start >= TIMESTAMP '2024-03-01 00:02:00' GROUP BY k, window_start, window_end;
