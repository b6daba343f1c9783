-- Made by chance: windows, unions, deduplication, grouping sets.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ew WHERE v IS NULL OR v < 10;
CREATE VIEW v2 AS SELECT EXTRACT(EPOCH FROM window_end) AS id, k, g, CAST(AVG(v) AS BIGINT) AS v FROM TABLE(TUMBLE(TABLE v1, DESCRIPTOR(ts), INTERVAL '15' SECOND)) GROUP BY window_start, window_end, GROUPING SETS ((k), (g), ());
CREATE VIEW v3 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY g ORDER BY ts DESC) AS rn FROM v3) WHERE rn = 1;
SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v2 UNION ALL SELECT CAST(0 AS BIGINT) AS id, k, g, v FROM v4;
