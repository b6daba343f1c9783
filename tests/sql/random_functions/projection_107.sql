-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (HEX((INSTR(c, (IFNULL(c, 'none')))))) AS e0, (LEFT(s, 2)) AS e1, (ARRAY[(CAST((IS_ALPHA(c)) AS STRING)), (ARRAY_JOIN((REGEXP_EXTRACT_ALL(c, '([a-z])', 1)), '|', '?'))]) AS e2
FROM types
WHERE (ARRAY_CONTAINS(ARRAY[id, i], 1));
