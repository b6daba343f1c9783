-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE(dt, DATE '1969-12-31')) AS e0, ((COS(bi)) - (CEIL((CAST(si AS DECIMAL(20, 4)))))) AS e1, (ENDSWITH((SHA1((TRIM(c)))), c)) AS e2, d AS e3, ti AS e4, (SPLIT((DATE_FORMAT(TIMESTAMP '2024-02-29 12:00:00', 'yyyy-MM-dd HH:mm')), 'l')) AS e5
FROM types;
