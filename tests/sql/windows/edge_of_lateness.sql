-- A row is late when window_end - 1 ms <= watermark: at the millisecond.
CREATE TABLE e (ts TIMESTAMP(3), v INT, WATERMARK FOR ts AS ts - INTERVAL '30' SECOND) WITH ('connector' = 'filesystem', 'path' = 'data/edge.jsonl', 'format' = 'json');
SET 'pipeline.auto-watermark-interval' = '0 ms';
SELECT window_start, window_end, SUM(v) AS s, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
