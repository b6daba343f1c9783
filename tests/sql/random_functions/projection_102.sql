-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, d AS e0, ((CARDINALITY(ARRAY[1, i, 1])) IN (1, 2, 3)) AS e1, (CAST(id AS DECIMAL(20, 4))) AS e2, (ARRAY[(ARRAY_JOIN(ARRAY[s, c], '|')), (JSON_STRING(ARRAY[1, i, 1]))]) AS e3, (FLOOR(d)) AS e4
FROM types
WHERE (c IS JSON);
