-- A window of NULLs.
CREATE TABLE minutes (
  k STRING, v INT, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/minutes.jsonl', 'format' = 'json');
SELECT window_start, SUM(v) AS s, COUNT(v) AS c, AVG(CAST(v AS DOUBLE)) AS a FROM TABLE(TUMBLE(TABLE minutes, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE v IS NULL GROUP BY window_start, window_end;
