-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (LOG2(ABS((DEGREES(0.5E0))) + 1E0)) AS e0, (MAP['a', si, 'b', ti]) AS e1, (ARRAY_JOIN((REGEXP_EXTRACT_ALL((SUBSTRING(s, 1, 3)), '([a-z])', 1)), '|')) AS e2
FROM types
WHERE b;
