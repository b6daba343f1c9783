-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, si AS e0, (- (CAST(id AS SMALLINT))) AS e1, (MAP_UNION((MAP_UNION(MAP['a', id], MAP['a', 1])), MAP['a', 1])) AS e2, (TO_DATE(DATE_FORMAT(TIMESTAMP '2024-02-29 12:00:00', 'yyyy-MM-dd'))) AS e3, (ARRAY_DISTINCT((ARRAY_APPEND((ARRAY_APPEND(ARRAY[id, i], 7)), 7)))) AS e4
FROM types;
