-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP['a', id, 'b', si]) AS e0, (TO_TIMESTAMP(DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm:ss'))) AS e1, (MAP_UNION((MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])), MAP['a', 1])) AS e2, (ARRAY_REVERSE((ARRAY_EXCEPT(ARRAY[1, i, 1], ARRAY[1, i, 1])))) AS e3
FROM types
WHERE (ARRAY_CONTAINS((ARRAY_INTERSECT(ARRAY[id, i], ARRAY[1, i, 1])), 1));
