-- Made by chance: interval joins, temporal joins, deduplication, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v3 AS SELECT k, g, v, id, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM v2) WHERE rn = 1;
CREATE VIEW v4 AS SELECT a.id, a.k, b.g, b.v, a.ts FROM v1 AS a LEFT JOIN v3 FOR SYSTEM_TIME AS OF a.ts AS b ON a.k = b.k;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew WHERE g IS NOT NULL;
SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v + COALESCE(b.v, 0) AS v, a.ts FROM v4 AS a LEFT JOIN v5 AS b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '20' SECOND AND a.ts + INTERVAL '9' SECOND;
