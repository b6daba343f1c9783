-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (SUBSTRING((DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm')), 2)) AS e0, (ABS((TRUNCATE(`dec`, 1)))) AS e1, (CASE WHEN (d >= (SQRT(ABS(d)))) THEN (FLOOR((CASE WHEN b THEN ts3 ELSE ts3 END) TO DAY)) ELSE (CASE WHEN (s LIKE '%a%') THEN ts3 ELSE (ts3 + INTERVAL '1' DAY) END) END) AS e2, ((FLOOR(ts3 TO HOUR)) + INTERVAL '1' MONTH) AS e3, bi AS e4
FROM types;
