-- Made by chance: sets, grouping sets, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE k <> 'b';
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev WHERE k IN ('a', 'c');
CREATE VIEW v4 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v2 AS a LEFT JOIN v3 AS b ON a.k = b.k;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v6 AS SELECT CAST(COUNT(DISTINCT id) AS BIGINT) AS id, k, g, CAST(MAX(v) AS BIGINT) AS v FROM v5 GROUP BY GROUPING SETS ((k), (g), ());
CREATE VIEW v7 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v4 AS a FULL JOIN v6 AS b ON a.k = b.k AND a.v < b.v;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v1 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v7;
