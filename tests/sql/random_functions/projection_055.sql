-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP_UNION(MAP['a', id], MAP['a', 1])) AS e0, (JSON_VALUE(JSON_OBJECT('a' VALUE 1), '$.a')) AS e1, (ARRAY_UNION((ARRAY_INTERSECT((ARRAY_UNION(ARRAY[1, i, 1], ARRAY[id, i])), (ARRAY_REVERSE(ARRAY[1, i, 1])))), (ARRAY_CONCAT(ARRAY[1, i, 1], (ARRAY_EXCEPT(ARRAY[id, i], ARRAY[id, i])))))) AS e2, (SQRT(ABS(0.5E0))) AS e3
FROM types;
