-- Made by chance: joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew WHERE g BETWEEN 1 AND 2;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v4 AS SELECT a.id, a.k, c.g, b.v FROM v1 AS a JOIN v2 AS b ON a.k = b.k LEFT JOIN v3 AS c ON b.g = c.g;
CREATE VIEW v5 AS SELECT CAST(MIN(id) AS BIGINT) AS id, k AS k, CAST(COUNT(DISTINCT g) AS INT) AS g, CAST(COUNT(DISTINCT v) FILTER (WHERE v > 1) AS BIGINT) AS v FROM v4 GROUP BY k HAVING SUM(v) > 3;
SELECT CAST(SUM(id) AS BIGINT) AS id, k AS k, CAST(COUNT(DISTINCT g) AS INT) AS g, CAST(COUNT(*) AS BIGINT) AS v FROM v5 GROUP BY k HAVING SUM(v) > 3;
