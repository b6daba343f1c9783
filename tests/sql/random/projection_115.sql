-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, DATE '1969-12-31' AS e0, (CAST(DATE '1969-12-31' AS STRING)) AS e1, (CAST((CASE WHEN b THEN ts3 ELSE TIMESTAMP '2024-02-29 12:00:00' END) AS STRING)) AS e2, (CAST(`dec` AS INT)) AS e3
FROM types;
