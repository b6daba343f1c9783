-- Made by chance: windows, sets, unions.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE k IN ('a', 'c');
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v4 AS SELECT * FROM v2 UNION ALL SELECT * FROM v3;
CREATE VIEW v5 AS SELECT CAST(MAX(id) FILTER (WHERE k = 'a') AS BIGINT) + EXTRACT(EPOCH FROM window_start) AS id, k AS k, CAST(MAX(g) AS INT) AS g, CAST(SUM(v) FILTER (WHERE g = 1) AS BIGINT) AS v, window_time AS ts FROM TABLE(CUMULATE(TABLE v4, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND)) GROUP BY k, window_start, window_end, window_time;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v1 INTERSECT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
