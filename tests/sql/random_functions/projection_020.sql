-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (0.5E0 * id) AS e0, (MAP_VALUES((MAP_UNION((MAP['a', -3, 'b', ti]), MAP['a', 1])))) AS e1, `dec` AS e2
FROM types
WHERE (ENDSWITH((JSON_STRING(ARRAY[id, i])), c));
