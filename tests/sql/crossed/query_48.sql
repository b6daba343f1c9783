-- Made by chance: interval joins, unions, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew WHERE k <> 'b';
CREATE VIEW v2 AS SELECT id, k, g, rn AS v FROM (SELECT id, k, g, v, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v , id , g, k) AS rn FROM v1) WHERE rn = 2;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v5 AS SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v + COALESCE(b.v, 0) AS v, a.ts FROM v3 AS a LEFT JOIN v4 AS b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '5' SECOND AND a.ts + INTERVAL '0' SECOND AND a.v <> b.v;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v2 UNION SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
