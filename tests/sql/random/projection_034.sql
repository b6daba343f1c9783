-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(i AS STRING)) AS e0, (COALESCE((CASE WHEN (b OR b) THEN (CAST(ts3 AS DATE)) END), (CAST((ts3 + INTERVAL '1' MONTH) AS DATE)))) AS e1, (ABS(((0.5 - ti) * (FLOOR(1.25))))) AS e2, (GREATEST((GREATEST(bi, 1)), (MINUTE(ts3)))) AS e3
FROM types;
