-- Made by chance: windows, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT COALESCE(a.id, 0) * 1000 + COALESCE(b.id, 0) AS id, COALESCE(a.k, b.k) AS k, b.g, a.v, COALESCE(a.window_time, b.window_time) AS ts FROM (SELECT * FROM TABLE(HOP(TABLE v1, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))) AS a FULL JOIN (SELECT * FROM TABLE(HOP(TABLE v2, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '30' SECOND))) AS b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev WHERE k <> 'b';
CREATE VIEW v5 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v6 AS SELECT a.id, a.k, c.g, b.v FROM v3 AS a JOIN v4 AS b ON a.k = b.k LEFT JOIN v5 AS c ON b.g = c.g;
SELECT DISTINCT CAST(0 AS BIGINT) AS id, k, g, v FROM v6;
