-- Made by chance: sets, unions.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE k <> 'b';
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ew WHERE k IN ('a', 'c');
CREATE VIEW v3 AS SELECT * FROM v1 UNION ALL SELECT * FROM v2;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v5 AS SELECT id, k, g, rn AS v FROM (SELECT id, k, g, v, ROW_NUMBER() OVER (ORDER BY v DESC, id DESC, g, k) AS rn FROM v4) WHERE rn = 2;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v3 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v5;
