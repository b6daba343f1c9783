-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (QUARTER((CEIL(ts3 TO DAY)))) AS e0, (ARRAY_INTERSECT((ARRAY_SLICE((ARRAY[id, i]), 1, 2)), ARRAY[id, i])) AS e1, (ARRAY_SORT((ARRAY_SORT(ARRAY['a', s], FALSE)), FALSE)) AS e2
FROM types;
