-- Made by chance: windows, Top-N, EXISTS, joins.
CREATE TABLE ev (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed.jsonl', 'format' = 'json');
CREATE TABLE ew (
  id INT, k STRING, g INT, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '10' MINUTE
) WITH ('connector' = 'filesystem', 'path' = 'data/crossed_later.jsonl', 'format' = 'json');
CREATE VIEW v1 AS SELECT id, k, g, v, ts FROM ev WHERE k IN ('a', 'c');
CREATE VIEW v2 AS SELECT id, k, g, v, ts FROM ev WHERE v IS NULL OR v < 10;
CREATE VIEW v3 AS SELECT COALESCE(a.id, 0) * 1000 + COALESCE(b.id, 0) AS id, COALESCE(a.k, b.k) AS k, b.g, a.v, COALESCE(a.window_time, b.window_time) AS ts FROM (SELECT * FROM TABLE(TUMBLE(TABLE v1, DESCRIPTOR(ts), INTERVAL '20' SECOND))) AS a FULL JOIN (SELECT * FROM TABLE(TUMBLE(TABLE v2, DESCRIPTOR(ts), INTERVAL '20' SECOND))) AS b ON a.window_start = b.window_start AND a.window_end = b.window_end AND a.k = b.k;
CREATE VIEW v4 AS SELECT id, k, g, v, ts FROM ev;
CREATE VIEW v5 AS SELECT id, k, g, rn AS v FROM (SELECT id, k, g, v, ROW_NUMBER() OVER (ORDER BY v , id DESC, g, k) AS rn FROM v4) WHERE rn <= 2;
SELECT id, k, g, v FROM v3 AS a WHERE NOT EXISTS (SELECT 1 FROM v5 AS b WHERE a.k = b.k AND b.v > 3);
