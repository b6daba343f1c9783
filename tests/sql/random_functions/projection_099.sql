-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR(ts3 TO MONTH)) AS e0, (CAST(bi AS DOUBLE)) AS e1, (TO_DATE(DATE_FORMAT(ts3, 'yyyy-MM-dd'))) AS e2, `dec` AS e3
FROM types
WHERE ((CAST(-3 AS STRING)) IS JSON);
