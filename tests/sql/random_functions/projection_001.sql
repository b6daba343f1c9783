-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_EXCEPT((ARRAY[(INSTR('a', c)), (ti - ti)]), ARRAY[1, i, 1])) AS e0, (FLOOR((dt + INTERVAL '3' DAY) TO YEAR)) AS e1, 0.5E0 AS e2, (ARRAY_UNION(ARRAY[id, i], ARRAY[id, i])) AS e3, (ARRAY_INTERSECT((ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[id, i])), (ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[1, i, 1])))) AS e4
FROM types;
