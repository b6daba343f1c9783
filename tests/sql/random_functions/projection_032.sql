-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP['a', (NULLIF(-3, 7)), 'b', (ARRAY_MAX(ARRAY[id, i]))]) AS e0, s AS e1, (ENDSWITH((JSON_VALUE(JSON_OBJECT('a' VALUE id), '$.a')), (ARRAY_JOIN(ARRAY[s, c], '|', '?')))) AS e2
FROM types;
