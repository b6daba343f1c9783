-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_UNION((MAP_VALUES((MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])))), (ARRAY_REVERSE((ARRAY[1, bi]))))) AS e0, (ARRAY_DISTINCT((ARRAY_CONCAT((ARRAY_CONCAT(ARRAY[id, i], ARRAY[1, i, 1])), (ARRAY_APPEND(ARRAY[1, i, 1], 7)))))) AS e1, (ARRAY_REVERSE((ARRAY_DISTINCT((ARRAY_REVERSE(ARRAY[1, i, 1])))))) AS e2, (ARRAY_APPEND(ARRAY[1, i, 1], 7)) AS e3
FROM types
WHERE ((COALESCE(dt, dt)) > (FLOOR(dt TO YEAR)));
