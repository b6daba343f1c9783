-- DESCRIPTOR of a column that does not exist.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT window_start, SUM(v) AS s FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(nothing), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
