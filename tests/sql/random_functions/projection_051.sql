-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ABS((CAST((CAST(`dec` AS DECIMAL(12, 2))) AS DECIMAL(12, 2))))) AS e0, (MAP['a', (ARRAY_MAX(ARRAY[1, i, 1])), 'b', (QUARTER(ts3))]) AS e1, (MAP['a', (REGEXP_COUNT('Hello', '[a-z]')), 'b', (MAP['a', id]['a'])]) AS e2, (MAP_UNION(MAP['a', id], MAP['a', 1])) AS e3, (FLOOR((COALESCE(ts3, TIMESTAMP '2024-02-29 12:00:00')) TO MONTH)) AS e4, (CAST((EXTRACT(WEEK FROM (TO_DATE(DATE_FORMAT(TIMESTAMP '1999-12-31 23:59:59.500', 'yyyy-MM-dd'))))) AS DECIMAL(20, 4))) AS e5
FROM types;
