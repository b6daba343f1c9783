-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CARDINALITY(MAP['a', i, 'b', id])) AS e0, (MAP['a', (TIMESTAMPDIFF(DAY, (CEIL(ts3 TO YEAR)), ts3)), 'b', 100]) AS e1, ((CAST(ti AS STRING)) IS NOT NULL) AS e2, (ARRAY_SORT((REGEXP_EXTRACT_ALL(s, '([a-z])', 1)), FALSE)) AS e3, (d * -3) AS e4
FROM types
WHERE (ARRAY_CONTAINS((ARRAY_REMOVE(ARRAY[id, i], 1)), 1));
