-- Made by chance: joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT id, k, g, COALESCE(v, 0) AS v, ts FROM v1 WHERE k IN ('a', 'c');
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v5 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v3 AS a LEFT JOIN v4 AS b ON a.k = b.k;
SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v2 AS a FULL JOIN v5 AS b ON a.k = b.k AND a.g = b.g;
