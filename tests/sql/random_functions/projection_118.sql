-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ROUND((ROUND(`dec`, 1)), 1)) AS e0, (BIN((COALESCE(0, -3)))) AS e1, s AS e2, (ARRAY_SORT((ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[1, i, 1])))) AS e3, (MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])) AS e4, (MAP_UNION((MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])), MAP['a', 1])) AS e5
FROM types;
