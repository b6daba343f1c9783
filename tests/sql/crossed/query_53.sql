-- Made by chance: interval joins, unions, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v + COALESCE(b.v, 0) AS v, a.ts FROM v1 AS a LEFT JOIN v2 AS b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '5' SECOND AND a.ts + INTERVAL '0' SECOND;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v5 AS SELECT id, k, g, COALESCE(v, 0) AS v, ts FROM v4 WHERE g IS NOT NULL;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v3 UNION SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
