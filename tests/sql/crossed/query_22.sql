-- Made by chance: temporal joins, deduplication, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew WHERE g IS NOT NULL;
CREATE VIEW v3 AS SELECT k, g, v, id, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM v2) WHERE rn = 1;
SELECT a.id, a.k, b.g, b.v, a.ts FROM v1 AS a LEFT JOIN v3 FOR SYSTEM_TIME AS OF a.ts AS b ON a.k = b.k;
