-- Windows over TIMESTAMP_LTZ are in the session's zone.
SET 'table.local-time-zone' = 'Asia/Kolkata';
CREATE TABLE e (k STRING, ms BIGINT, v INT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/millis.jsonl', 'format' = 'json');
SELECT k, window_start, window_end, SUM(v) AS s FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY k, window_start, window_end;
