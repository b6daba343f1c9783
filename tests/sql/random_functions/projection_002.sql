-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ts3 AS e0, (TANH(d)) AS e1, (EXTRACT(WEEK FROM dt)) AS e2, (IFNULL((TIMESTAMPDIFF(SECOND, (FLOOR(ts3 TO MONTH)), TIMESTAMP '2024-02-29 12:00:00')), 0)) AS e3, (MAP_VALUES((MAP_UNION((MAP['a', si, 'b', id]), MAP['a', 1])))) AS e4, ((DATE '1969-12-31' + INTERVAL '3' DAY) + INTERVAL '3' DAY) AS e5
FROM types;
