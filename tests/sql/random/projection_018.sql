-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN FALSE THEN ((CASE WHEN b THEN 1.25 ELSE `dec` END) * (ABS(`dec`))) ELSE (CEIL((`dec` * 1.25))) END) AS e0, bi AS e1, (COALESCE(dt, (CAST(ts3 AS DATE)))) AS e2, (CAST(TIMESTAMP '1999-12-31 23:59:59.500' AS DATE)) AS e3, ((ABS((CAST(ti AS DECIMAL(20, 4))))) / NULLIF((`dec` + (FLOOR(-2.750))), 0)) AS e4
FROM types;
