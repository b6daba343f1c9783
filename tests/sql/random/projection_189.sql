-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REPLACE(c, 'l', s)) AS e0, (CAST((CAST(`dec` AS DECIMAL(12, 2))) AS DOUBLE)) AS e1, (CASE WHEN ((CAST(FALSE AS STRING)) < (COALESCE(s, c))) THEN dt END) AS e2, ts3 AS e3
FROM types;
