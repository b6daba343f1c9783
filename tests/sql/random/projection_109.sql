-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CASE WHEN ('' < s) THEN (TIMESTAMP '1999-12-31 23:59:59.500' + INTERVAL '1' MONTH) ELSE ts3 END) + INTERVAL '1' DAY) AS e0, `dec` AS e1, (CAST(si AS DECIMAL(20, 4))) AS e2, b AS e3, (si IN (1, 2, 3)) AS e4, c AS e5
FROM types;
