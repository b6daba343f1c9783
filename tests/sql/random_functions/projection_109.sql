-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (JSON_VALUE(JSON_OBJECT('a' VALUE id), '$.a')) AS e0, (ARRAY_CONTAINS(ARRAY[1, i, 1], 1)) AS e1, ARRAY['a', s] AS e2, (ARRAY_MAX((ARRAY_UNION((ARRAY_UNION(ARRAY[id, i], ARRAY[1, i, 1])), (ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[id, i])))))) AS e3, (DEGREES(d)) AS e4, (JSON_VALUE(JSON_OBJECT('a' VALUE -3), '$.a')) AS e5
FROM types;
