-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, TIMESTAMP '1999-12-31 23:59:59.500' AS e0, ((d - `dec`) / NULLIF((DEGREES(0.5E0)), 0E0)) AS e1, (ARRAY_DISTINCT((ARRAY_UNION((ARRAY_REVERSE(ARRAY[1, i, 1])), (ARRAY_SLICE(ARRAY[1, i, 1], 1, 2)))))) AS e2, s AS e3
FROM types
WHERE ((IFNULL(bi, 0)) = i);
