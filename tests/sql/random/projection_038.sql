-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, si AS e0, dt AS e1, (CEIL(((COALESCE(`dec`, -2.750)) / NULLIF((FLOOR(`dec`)), 0)))) AS e2, (ts3 + INTERVAL '1' MONTH) AS e3, (DATE_FORMAT((COALESCE(TIMESTAMP '2024-02-29 12:00:00', ts3)), 'yyyy-MM-dd HH:mm')) AS e4, (CAST((FLOOR(TIMESTAMP '1999-12-31 23:59:59.500' TO HOUR)) AS DATE)) AS e5
FROM types;
