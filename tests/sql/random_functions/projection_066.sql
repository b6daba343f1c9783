-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE((CAST((EXTRACT(WEEK FROM dt)) AS DECIMAL(20, 4))), (ROUND((`dec` * `dec`), 1)))) AS e0, (REGEXP_EXTRACT_ALL('여울', '([a-z])', 1)) AS e1, (ARRAY_DISTINCT((ARRAY_INTERSECT((ARRAY_CONCAT(ARRAY[id, i], ARRAY[1, i, 1])), (ARRAY_REMOVE(ARRAY[id, i], 1)))))) AS e2, (CAST((s IS DISTINCT FROM 'a,b') AS STRING)) AS e3, (COSH(SIN((COSH(SIN(d)))))) AS e4
FROM types;
