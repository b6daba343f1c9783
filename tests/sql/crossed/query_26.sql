-- Made by chance: sets, deduplication, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE MOD(id, 3) <> 0;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev WHERE MOD(id, 3) <> 0;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT a.id, a.k, c.g, b.v FROM v1 AS a JOIN v2 AS b ON a.k = b.k JOIN v3 AS c ON b.k = c.k;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew WHERE k IN ('a', 'c');
CREATE VIEW v6 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v7 AS SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v5 AS a LEFT JOIN v6 AS b ON a.k = b.k AND a.v < b.v;
CREATE VIEW v8 AS SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v4 INTERSECT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v7;
CREATE VIEW v9 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v10 AS SELECT id, k, g, v FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM v9) WHERE rn = 1;
SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v8 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v10;
