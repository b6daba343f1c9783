-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN (c IS NOT NULL) THEN (COALESCE(dt, dt)) END) AS e0, si AS e1, ((CASE WHEN b THEN ts3 ELSE TIMESTAMP '2024-02-29 12:00:00' END) + INTERVAL '1' DAY) AS e2, (COALESCE((d + d), d)) AS e3
FROM types;
