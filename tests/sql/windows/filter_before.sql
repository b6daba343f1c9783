-- Rows that a filter drops still move the watermark.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT window_start, COUNT(*) AS n, SUM(v) AS s
FROM TABLE(TUMBLE((SELECT * FROM minutes WHERE v < 9), DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
