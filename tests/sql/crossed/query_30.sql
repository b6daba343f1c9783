-- Made by chance: unions.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE k <> 'b';
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v3 AS SELECT id, k, g, v FROM v1 AS a WHERE v <= (SELECT AVG(v) FROM v2 AS b WHERE a.k = b.k);
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew WHERE MOD(id, 3) <> 0;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ev WHERE k IN ('a', 'c');
CREATE VIEW v6 AS SELECT * FROM v4 UNION ALL SELECT * FROM v5;
SELECT id, k, g, v FROM v3 WHERE k IN (SELECT k FROM v6 WHERE k IS NOT NULL AND k IN ('a', 'c'));
