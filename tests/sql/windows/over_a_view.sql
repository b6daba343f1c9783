-- A window over a view with a filter and a new column.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
CREATE VIEW small AS SELECT k, v * 10 AS w, ts FROM minutes WHERE k IS NOT NULL;
SELECT k, window_end, SUM(w) AS s FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(ts), INTERVAL '2' MINUTE)) GROUP BY k, window_start, window_end;
