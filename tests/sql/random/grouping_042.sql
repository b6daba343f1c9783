-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT b AS k, MAX((CASE WHEN b THEN TIMESTAMP '1999-12-31 23:59:59.500' ELSE ts3 END)) AS a0, MIN((POSITION(s IN s))) AS a1, MIN((CAST(TIMESTAMP '2024-02-29 12:00:00' AS STRING))) AS a2, MIN((SUBSTRING(c, 1, 3))) AS a3
FROM types
GROUP BY b;
