-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CEIL((FLOOR(ts3 TO MONTH)) TO YEAR)) AS e0, (LOG2(ABS(-1.5E3) + 1E0)) AS e1, (b OR b) AS e2, b AS e3, (CAST((si + si) AS DECIMAL(20, 4))) AS e4
FROM types
WHERE (ENDSWITH((LOWER(s)), (UPPER(s))));
