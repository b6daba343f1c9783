-- Windows over a generated sequence as event time.
CREATE TABLE g (n BIGINT, t AS TO_TIMESTAMP_LTZ(n * 1000, 3), WATERMARK FOR t AS t)
WITH ('connector' = 'datagen', 'rows-per-second' = '10000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '24');
SELECT window_start, COUNT(*) AS n, SUM(n) AS total FROM TABLE(TUMBLE(TABLE g, DESCRIPTOR(t), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
