-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR((ts3 + INTERVAL '1' MONTH) TO DAY)) AS e0, ((CAST(-2.750 AS STRING)) LIKE '%a%') AS e1, (DATE '1969-12-31' > dt) AS e2, dt AS e3
FROM types;
