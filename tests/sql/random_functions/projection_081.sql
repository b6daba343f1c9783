-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(ARRAY[s, c] AS STRING)) AS e0, (ARRAY_SORT((ARRAY[s, c]), FALSE)) AS e1, (ABS(`dec`)) AS e2, ts3 AS e3, i AS e4, (ARRAY_DISTINCT((ARRAY_DISTINCT(ARRAY[1, i, 1])))) AS e5
FROM types;
