-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ARRAY[s, c] AS e0, (SIN(d)) AS e1, (MAP['a', id]['a']) AS e2, b AS e3, (ARRAY_INTERSECT((ARRAY_DISTINCT(ARRAY[1, i, 1])), (ARRAY_REVERSE(ARRAY[id, i])))) AS e4, s AS e5
FROM types;
