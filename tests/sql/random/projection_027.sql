-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((EXTRACT(YEAR FROM ts3)) / NULLIF((IF(b, bi, i)), 0)) AS e0, (CASE WHEN ((c <> ' x ') IS TRUE) THEN (CASE WHEN ('a' IS NOT NULL) THEN (COALESCE(dt, dt)) END) END) AS e1, (COALESCE((LOWER(s)), (REVERSE(c)))) AS e2, (FLOOR((FLOOR(d)))) AS e3, (CASE WHEN ((LOWER(s)) IS DISTINCT FROM (SUBSTRING(c, 1, 3))) THEN (CAST(ts3 AS DATE)) END) AS e4, b AS e5
FROM types;
