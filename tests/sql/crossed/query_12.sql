-- Made by chance: windows, sets, unions, EXISTS.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT CAST(COUNT(DISTINCT id) FILTER (WHERE v > 1) AS BIGINT) + EXTRACT(EPOCH FROM window_start) AS id, CAST(NULL AS STRING) AS k, g AS g, CAST(SUM(v) FILTER (WHERE g = 1) AS BIGINT) AS v FROM TABLE(CUMULATE(TABLE v2, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '60' SECOND)) GROUP BY g, window_start, window_end HAVING COUNT(*) > 1;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew WHERE g BETWEEN 1 AND 2;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v6 AS SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v4 INTERSECT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
CREATE VIEW v7 AS SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v3 UNION ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v6;
SELECT id, k, g, v FROM v1 AS a WHERE NOT EXISTS (SELECT 1 FROM v7 AS b WHERE a.k = b.k AND b.v > 3);
