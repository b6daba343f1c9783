-- Made by chance: EXISTS, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT id, k, g, v FROM v2 AS a WHERE NOT EXISTS (SELECT 1 FROM v3 AS b WHERE a.k = b.k AND a.v < b.v);
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew WHERE g IS NOT NULL;
SELECT a.id, a.k, c.g, b.v FROM v1 AS a JOIN v4 AS b ON a.k = b.k LEFT JOIN v5 AS c ON b.g = c.g;
