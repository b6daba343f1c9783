-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE(`dec`, `dec`)) AS e0, (MAP_UNION((MAP['a', id, 'b', bi]), MAP['a', 1])) AS e1, (STARTSWITH((JSON_STRING((CAST(id AS DECIMAL(20, 4))))), (TRANSLATE(c, 'lo', '01')))) AS e2, (IFNULL((CAST((IS_ALPHA(s)) AS STRING)), 'none')) AS e3, (CEIL(((CAST(100.0 AS DECIMAL(12, 2))) + (ROUND(0.5, 1))))) AS e4, (CAST(id AS DOUBLE)) AS e5
FROM types;
