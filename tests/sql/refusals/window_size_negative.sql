-- A negative size.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(ts), INTERVAL '-1' MINUTE)) GROUP BY window_start, window_end;
