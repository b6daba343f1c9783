-- Made by chance: temporal joins, sets, deduplication, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew WHERE k <> 'b';
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT k, g, v, id, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM v3) WHERE rn = 1;
CREATE VIEW v5 AS SELECT a.id, a.k, b.g, b.v, a.ts FROM v2 AS a LEFT JOIN v4 FOR SYSTEM_TIME AS OF a.ts AS b ON a.k = b.k;
CREATE VIEW v6 AS SELECT DISTINCT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v1 EXCEPT SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v6;
