-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_SORT((SPLIT(c, 'l')), FALSE)) AS e0, (ROUND(`dec`, 1)) AS e1, (CARDINALITY(MAP['a', i, 'b', id])) AS e2, (`dec` - 0) AS e3, (ARRAY_CONCAT((ARRAY_UNION(ARRAY[1, i, 1], ARRAY[1, i, 1])), (ARRAY_SLICE(ARRAY[id, i], 1, 2)))) AS e4
FROM types
WHERE (ENDSWITH((HEX(s)), (CAST(ARRAY['a', s] AS STRING))));
