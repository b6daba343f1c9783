-- Made by chance: windows, deduplication, OVER, grouping sets, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew WHERE g BETWEEN 1 AND 2;
CREATE VIEW v2 AS SELECT id, k, g, CAST(MAX(v) OVER w AS BIGINT) AS v, ts FROM v1 WINDOW w AS (PARTITION BY k ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);
CREATE VIEW v3 AS SELECT EXTRACT(EPOCH FROM window_end) AS id, k, g, CAST(SUM(v) AS BIGINT) AS v, window_time AS ts FROM TABLE(TUMBLE(TABLE v2, DESCRIPTOR(ts), INTERVAL '15' SECOND, INTERVAL '3' SECOND)) GROUP BY window_start, window_end, window_time, GROUPING SETS ((k), (g), ());
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ew WHERE k IN ('a', 'c');
CREATE VIEW v5 AS SELECT id, k, g, COALESCE(v, 0) AS v, ts FROM v4 WHERE MOD(id, 3) <> 0;
CREATE VIEW v6 AS SELECT id, k, g, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY g ORDER BY ts DESC) AS rn FROM v5) WHERE rn = 1;
SELECT a.id, COALESCE(b.k, a.k) AS k, b.g, a.v + COALESCE(b.v, 0) AS v FROM v3 AS a LEFT JOIN v6 AS b ON a.k = b.k AND a.id <> b.id;
