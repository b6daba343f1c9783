-- Made by chance: Top-N, deduplication, OVER.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE k IN ('a', 'c');
CREATE VIEW v2 AS SELECT id, k, g, CAST(SUM(v) OVER w AS BIGINT) AS v, ts FROM v1 WINDOW w AS (PARTITION BY k ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
CREATE VIEW v3 AS SELECT id, k, g, v AS v FROM (SELECT id, k, g, v, ROW_NUMBER() OVER (PARTITION BY g ORDER BY v DESC, id , g, k) AS rn FROM v2) WHERE rn < 4;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew;
SELECT id, k, g, v FROM v3 WHERE k NOT IN (SELECT k FROM v4 WHERE k IS NOT NULL AND k IN ('a', 'c'));
