-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (`dec` / NULLIF(-2.750, 0)) AS e0, (ARRAY_DISTINCT((ARRAY_SLICE((MAP_VALUES(MAP['a', i, 'b', id])), 1, 2)))) AS e1, (ARRAY_EXCEPT((ARRAY_CONCAT(ARRAY[id, i], ARRAY[id, i])), (MAP_VALUES(MAP['a', i, 'b', id])))) AS e2, (ARRAY_SORT(ARRAY['a', s], FALSE)) AS e3
FROM types
WHERE (REGEXP((JSON_VALUE(JSON_OBJECT('a' VALUE bi), '$.a')), '[0-9]'));
