-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(`dec` AS DOUBLE)) AS e0, (CAST((ts3 + INTERVAL '1' DAY) AS DATE)) AS e1, d AS e2, (CASE WHEN b THEN (CAST(ts3 AS DATE)) END) AS e3, ((2E0 + d) + (COALESCE(d, 0.5E0))) AS e4, (COALESCE((1.25 * `dec`), (1.25 + `dec`))) AS e5
FROM types
WHERE b;
