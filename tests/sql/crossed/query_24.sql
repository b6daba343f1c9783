-- Made by chance: sets, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT a.id, a.k, c.g, b.v FROM v1 AS a JOIN v2 AS b ON a.k = b.k LEFT JOIN v3 AS c ON b.k = c.k;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ev WHERE v IS NULL OR v < 10;
CREATE VIEW v6 AS SELECT DISTINCT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v4 EXCEPT SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v6;
