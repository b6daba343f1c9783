-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR(((COALESCE(dt, DATE '1969-12-31')) + INTERVAL '3' DAY) TO YEAR)) AS e0, (MAP['a', id, 'b', -3]) AS e1, ARRAY['a', s] AS e2, (TO_TIMESTAMP(DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm:ss'))) AS e3, (ARRAY_SORT((REGEXP_EXTRACT_ALL(c, '([a-z])', 1)), FALSE)) AS e4
FROM types
WHERE (ARRAY_CONTAINS((ARRAY_UNION(ARRAY[1, i, 1], ARRAY[id, i])), 1));
