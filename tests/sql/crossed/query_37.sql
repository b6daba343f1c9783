-- Made by chance: deduplication, OVER, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE MOD(id, 3) <> 0;
CREATE VIEW v2 AS SELECT id, k, g, CAST(SUM(v) OVER w AS BIGINT) AS v, ts FROM v1 WINDOW w AS (PARTITION BY k ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew WHERE MOD(id, 3) <> 0;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v5 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v3 AS a JOIN v4 AS b ON a.k = b.k;
SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v2 AS a FULL JOIN v5 AS b ON a.k = b.k AND a.g = b.g;
