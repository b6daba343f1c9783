-- Made by chance: unions.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE MOD(id, 3) <> 0;
CREATE VIEW v2 AS SELECT CAST(COUNT(id) AS BIGINT) AS id, k AS k, g AS g, CAST(AVG(v) AS BIGINT) AS v FROM v1 GROUP BY k, g HAVING SUM(v) > 3;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew WHERE g BETWEEN 1 AND 2;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v5 AS SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v3 UNION ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v4;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v2 UNION ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
