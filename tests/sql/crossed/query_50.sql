-- Made by chance: sets, unions, EXISTS.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew WHERE k IN ('a', 'c');
CREATE VIEW v3 AS SELECT * FROM v1 UNION ALL SELECT * FROM v2;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v6 AS SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v4 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v5;
SELECT id, k, g, v FROM v3 AS a WHERE EXISTS (SELECT 1 FROM v6 AS b WHERE a.k = b.k);
