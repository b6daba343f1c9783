-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ARRAY[1, i, 1] AS e0, (MAP['a', (CARDINALITY((MAP['a', si, 'b', bi]))), 'b', (INSTR((JSON_OBJECT('k' VALUE c, 'v' VALUE id)), (CASE WHEN b THEN '여울' ELSE c END)))]) AS e1, (ARRAY_SORT(ARRAY['a', s], FALSE)) AS e2, s AS e3, ((SHA256((RPAD(s, 4, '-')))) IS DISTINCT FROM c) AS e4, (CEIL(`dec`)) AS e5
FROM types;
