-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (SQRT(ABS((EXP(SIN(d)))))) AS e0, (MAP['a', (ARRAY_MIN(ARRAY[id, i])), 'b', (EXTRACT(EPOCH FROM TIMESTAMP '1999-12-31 23:59:59.500'))]) AS e1, 1 AS e2, (ARRAY_DISTINCT((ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[1, i, 1])))) AS e3, (REGEXP_EXTRACT_ALL((c || s), '([a-z])', 1)) AS e4
FROM types
WHERE ((FLOOR(d)) >= 2E0);
