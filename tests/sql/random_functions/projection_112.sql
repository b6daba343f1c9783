-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ts3 AS e0, (MAP_UNION((MAP['a', i, 'b', bi]), MAP['a', 1])) AS e1, (TO_DATE(DATE_FORMAT((CAST(dt AS TIMESTAMP(3))), 'yyyy-MM-dd'))) AS e2, (LOCATE((PRINTF('%s:%s', 'a,b', c)), (LTRIM(c)))) AS e3, i AS e4
FROM types
WHERE ((LPAD(s, 6, '*')) IS DISTINCT FROM (c || s));
