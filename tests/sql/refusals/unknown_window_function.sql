-- A window function that does not exist.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT * FROM TABLE(ROLL(TABLE minutes, DESCRIPTOR(ts), INTERVAL '1' MINUTE));
