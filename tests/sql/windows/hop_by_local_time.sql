-- Hopping windows of an instant in local time.
SET 'table.local-time-zone' = 'Asia/Kolkata';
CREATE TABLE local (
  id INT, ts STRING, at AS TO_TIMESTAMP_LTZ(1714550400000 + id * 7000, 3),
  WATERMARK FOR at AS at - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/trades.jsonl', 'format' = 'json');
SELECT window_start, window_end, COUNT(*) AS n FROM TABLE(HOP(TABLE local, DESCRIPTOR(at), INTERVAL '10' SECOND, INTERVAL '20' SECOND)) GROUP BY window_start, window_end;
