-- Made by chance: deduplication, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE MOD(id, 3) <> 0;
CREATE VIEW v2 AS SELECT CAST(MIN(id) AS BIGINT) AS id, k, g, CAST(COUNT(*) AS BIGINT) AS v FROM v1 GROUP BY ROLLUP (k, g);
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v4 AS SELECT id, k, g, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k, g ORDER BY ts DESC) AS rn FROM v3) WHERE rn = 1;
SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v2 AS a JOIN v4 AS b ON a.k = b.k AND a.v < b.v;
