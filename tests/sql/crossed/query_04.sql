-- Made by chance: windows, sets, EXISTS, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT id, k, g, v FROM v1 AS a WHERE NOT EXISTS (SELECT 1 FROM v2 AS b WHERE a.k = b.k AND a.v < b.v);
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v6 AS SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v, a.window_time AS ts FROM (SELECT * FROM TABLE(TUMBLE(TABLE v4, DESCRIPTOR(ts), INTERVAL '20' SECOND))) AS a LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE v5, DESCRIPTOR(ts), INTERVAL '20' SECOND))) AS b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v3 INTERSECT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v6;
