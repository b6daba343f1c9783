-- A key that is an expression.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT UPPER(k) AS uk, window_start, SUM(v) AS s FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY UPPER(k), window_start, window_end;
