-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CEIL((TO_TIMESTAMP(DATE_FORMAT((CAST(DATE '1969-12-31' AS TIMESTAMP(3))), 'yyyy-MM-dd HH:mm:ss'))) TO YEAR)) AS e0, (ts3 + INTERVAL '1' DAY) AS e1, (MAP_UNION((MAP_UNION((MAP_UNION(MAP['a', id], MAP['a', 1])), MAP['a', 1])), MAP['a', 1])) AS e2
FROM types;
