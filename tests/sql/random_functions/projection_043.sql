-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP['a', i, 'b', si]) AS e0, (LOG2(ABS((EXP(SIN((ATAN(d)))))) + 1E0)) AS e1, (ARRAY_REMOVE((ARRAY_REMOVE((ARRAY_UNION(ARRAY[1, i, 1], ARRAY[1, i, 1])), 1)), 1)) AS e2, (FLOOR((EXP(SIN(d))))) AS e3, (COALESCE((TO_DATE(DATE_FORMAT(TIMESTAMP '1999-12-31 23:59:59.500', 'yyyy-MM-dd'))), (COALESCE(dt, dt)))) AS e4, (ARRAY[1, i]) AS e5
FROM types
WHERE (ARRAY_CONTAINS((ARRAY_REVERSE(ARRAY[id, i])), 1));
