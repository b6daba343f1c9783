-- Made by chance: windows, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v2 AS SELECT CAST(SUM(DISTINCT id) AS BIGINT) AS id, k, g, CAST(COUNT(DISTINCT v) AS BIGINT) AS v FROM v1 GROUP BY CUBE (k, g);
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew WHERE g IS NOT NULL;
CREATE VIEW v5 AS SELECT a.id * 1000 + COALESCE(b.id, 0) AS id, a.k, b.g, a.v, a.window_time AS ts FROM (SELECT * FROM TABLE(HOP(TABLE v3, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))) AS a JOIN (SELECT * FROM TABLE(HOP(TABLE v4, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))) AS b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
SELECT id, k, g, v FROM v2 AS a WHERE v <= (SELECT COUNT(*) FROM v5);
