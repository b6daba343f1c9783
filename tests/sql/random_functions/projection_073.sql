-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (DATE '1969-12-31' + INTERVAL '3' DAY) AS e0, (MAP['a', 2147483647, 'b', bi]) AS e1, (FLOOR(((FLOOR(ts3 TO DAY)) + INTERVAL '1' DAY) TO MONTH)) AS e2
FROM types;
