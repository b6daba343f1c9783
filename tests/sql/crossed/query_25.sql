-- Made by chance: interval joins, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT DISTINCT CAST(0 AS BIGINT) AS id, k, g, v FROM v1;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v5 AS SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v + COALESCE(b.v, 0) AS v, a.ts FROM v3 AS a LEFT JOIN v4 AS b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '5' SECOND AND a.ts + INTERVAL '0' SECOND;
SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v2 AS a RIGHT JOIN v5 AS b ON a.k = b.k AND a.id <> b.id;
