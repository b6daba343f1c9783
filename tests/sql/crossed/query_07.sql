-- Made by chance: windows, unions.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT CAST(MAX(id) FILTER (WHERE k = 'a') AS BIGINT) AS id, k AS k, g AS g, CAST(COUNT(v) AS BIGINT) AS v FROM v1 GROUP BY k, g;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v4 AS SELECT CAST(MIN(id) AS BIGINT) + EXTRACT(EPOCH FROM window_start) AS id, CAST(NULL AS STRING) AS k, g AS g, CAST(SUM(DISTINCT v) AS BIGINT) AS v, window_time AS ts FROM TABLE(TUMBLE(TABLE v3, DESCRIPTOR(ts), INTERVAL '60' SECOND, INTERVAL '3' SECOND)) GROUP BY g, window_start, window_end, window_time HAVING COUNT(*) > 1;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v2 UNION ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v4;
