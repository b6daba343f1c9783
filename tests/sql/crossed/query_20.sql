-- Made by chance: joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v2 AS SELECT CAST(COUNT(id) AS BIGINT) AS id, k AS k, CAST(COUNT(DISTINCT g) AS INT) AS g, CAST(AVG(v) AS BIGINT) AS v FROM v1 GROUP BY k HAVING COUNT(*) > 1;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev WHERE v IS NULL OR v < 10;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev WHERE g BETWEEN 1 AND 2;
CREATE VIEW v5 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v3 AS a FULL JOIN v4 AS b ON a.k = b.k AND a.g = b.g;
SELECT id, k, g, v FROM v2 AS a WHERE v > (SELECT COUNT(*) FROM v5 AS b WHERE a.k = b.k);
