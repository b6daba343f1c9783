-- Windows before 1970 are floored, not cut; rowtime from a BIGINT.
CREATE TABLE e (k STRING, ms BIGINT, v INT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts - INTERVAL '1' MINUTE)
WITH ('connector' = 'filesystem', 'path' = 'data/millis.jsonl', 'format' = 'json');
SELECT k, window_start, window_end, SUM(v) AS s FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end;
