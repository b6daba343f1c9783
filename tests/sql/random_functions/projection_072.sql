-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, MAP['a', i, 'b', id] AS e0, (CAST(bi AS SMALLINT)) AS e1, (MAP_UNION((MAP['a', (EXTRACT(YEAR FROM ts3)), 'b', (EXTRACT(DECADE FROM dt))]), MAP['a', 1])) AS e2, (FLOOR(((TO_TIMESTAMP(DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm:ss'))) + INTERVAL '1' MONTH) TO HOUR)) AS e3
FROM types
WHERE (ARRAY_CONTAINS((ARRAY_INTERSECT(ARRAY[id, i], ARRAY[1, i, 1])), 1));
