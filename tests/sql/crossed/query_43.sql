-- Made by chance: interval joins, temporal joins, unions, deduplication, OVER, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) AS rn FROM v1) WHERE rn = 1;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v + COALESCE(b.v, 0) AS v, a.ts FROM v2 AS a LEFT JOIN v3 AS b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '20' SECOND AND a.ts + INTERVAL '9' SECOND AND a.v <> b.v;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v6 AS SELECT id, k, g, v, ts FROM ew WHERE g IS NOT NULL;
CREATE VIEW v7 AS SELECT k, g, v, id, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM v6) WHERE rn = 1;
CREATE VIEW v8 AS SELECT a.id, a.k, b.g, b.v, a.ts FROM v5 AS a LEFT JOIN v7 FOR SYSTEM_TIME AS OF a.ts AS b ON a.k = b.k;
CREATE VIEW v9 AS SELECT id, k, g, CAST(MIN(v) OVER w AS BIGINT) AS v, ts FROM v8 WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW);
SELECT * FROM v4 UNION ALL SELECT * FROM v9;
