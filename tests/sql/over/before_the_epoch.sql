-- A bounded frame over times at and before 1970.
CREATE TABLE e (
  v INT, ts AS TO_TIMESTAMP_LTZ((v - 8) * 1000, 3),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'data/watermarks.jsonl', 'format' = 'json');
SELECT v, SUM(v) OVER (ORDER BY ts ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM (SELECT v - 8 AS v, ts FROM e);
