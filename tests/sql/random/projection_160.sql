-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (c IS DISTINCT FROM s) AS e0, si AS e1, (CEIL((CAST((`dec` + 100.0) AS DECIMAL(12, 2))))) AS e2, ts3 AS e3, (MOD((ABS(-3)), NULLIF((GREATEST(i, bi)), 0))) AS e4, (d / NULLIF(-1.5E3, 0E0)) AS e5
FROM types
WHERE b;
