-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((100.0 + `dec`) / NULLIF((100.0 / NULLIF(`dec`, 0)), 0)) AS e0, (s < '') AS e1, (ABS(d)) AS e2, ((`dec` / NULLIF(`dec`, 0)) - (i + bi)) AS e3, (CASE WHEN (ts3 <= ts3) THEN (COALESCE(dt, dt)) END) AS e4, (SQRT(ABS(d))) AS e5
FROM types;
