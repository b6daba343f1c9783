-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])) AS e0, (ARRAY_MAX(ARRAY[1, i, 1])) AS e1, (DATE_FORMAT((TIMESTAMPADD(MONTH, 2, ts3)), 'D/w/Q e HH:mm:ss.SSS')) AS e2
FROM types
WHERE (bi = (TIMESTAMPDIFF(SECOND, TIMESTAMP '2024-02-29 12:00:00', ts3)));
