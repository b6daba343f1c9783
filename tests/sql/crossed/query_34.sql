-- Made by chance: joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT CAST(AVG(id) AS BIGINT) AS id, k, g, CAST(COUNT(v) AS BIGINT) AS v FROM v1 GROUP BY ROLLUP (k, g);
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v5 AS SELECT id, k, g, v FROM v3 WHERE k IN (SELECT k FROM v4 WHERE k IS NOT NULL AND MOD(id, 3) <> 0);
SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v2 AS a LEFT JOIN v5 AS b ON a.k = b.k;
