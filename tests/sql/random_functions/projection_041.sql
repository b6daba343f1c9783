-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, TIMESTAMP '1999-12-31 23:59:59.500' AS e0, ts3 AS e1, (FLOOR((FLOOR(ts3 TO DAY)) TO DAY)) AS e2
FROM types
WHERE ((TIMESTAMPDIFF(MONTH, ts3, ts3)) = (MAP['a', id]['a']));
