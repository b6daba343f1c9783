-- Made by chance: sets, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v1 INTERSECT SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v2;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v6 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v4 AS a RIGHT JOIN v5 AS b ON a.k = b.k;
CREATE VIEW v7 AS SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v3 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v6;
SELECT CAST(MAX(id) FILTER (WHERE k = 'a') AS BIGINT) AS id, MAX(k) AS k, g AS g, CAST(COUNT(DISTINCT v) FILTER (WHERE v > 1) AS BIGINT) AS v FROM v7 GROUP BY g;
