-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, '' AS e0, (MAP_UNION((MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])), MAP['a', 1])) AS e1, (CEIL((CAST((dt + INTERVAL '3' DAY) AS TIMESTAMP(3))) TO YEAR)) AS e2, (LOG2(ABS(0.5E0) + 1E0)) AS e3, MAP['a', i, 'b', id] AS e4, MAP['a', id] AS e5
FROM types
WHERE b;
