-- Keeping rows with their window, joined with constants.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT w.k, w.v, w.window_start, n.label FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(ts), INTERVAL '10' MINUTE)) AS w JOIN (VALUES ('a', 'first'), ('b', 'second')) AS n(k, label) ON w.k = n.k;
