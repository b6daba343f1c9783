-- Made by chance: windows, sets, unions, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE g IS NOT NULL;
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v3 AS SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v1 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v2;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v5 AS SELECT DISTINCT CAST(0 AS BIGINT) AS id, k, g, v FROM v4;
CREATE VIEW v6 AS SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v3 EXCEPT ALL SELECT CAST(0 AS BIGINT) AS id, k, g, CAST(1 AS BIGINT) AS v FROM v5;
CREATE VIEW v7 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v8 AS SELECT CAST(SUM(DISTINCT id) AS BIGINT) + EXTRACT(EPOCH FROM window_start) AS id, k AS k, CAST(MAX(g) AS INT) AS g, CAST(SUM(DISTINCT v) AS BIGINT) AS v FROM TABLE(TUMBLE(TABLE v7, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '3' SECOND)) GROUP BY k, window_start, window_end;
CREATE VIEW v9 AS SELECT id, k, g, v, ts FROM ev WHERE v > 2;
CREATE VIEW v10 AS SELECT id, k, g, v, ts FROM ew;
CREATE VIEW v11 AS SELECT a.id, a.k, c.g, b.v FROM v8 AS a JOIN v9 AS b ON a.k = b.k LEFT JOIN v10 AS c ON b.g = c.g;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v6 UNION SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v11;
