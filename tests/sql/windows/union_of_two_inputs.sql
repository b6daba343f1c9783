-- A window over UNION ALL: the smaller watermark rules.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
CREATE VIEW both_keys AS SELECT v, ts FROM minutes WHERE k = 'a' UNION ALL SELECT v, ts FROM minutes WHERE k = 'b';
SELECT window_start, SUM(v) AS s FROM TABLE(TUMBLE(TABLE both_keys, DESCRIPTOR(ts), INTERVAL '1' HOUR)) GROUP BY window_start, window_end;
