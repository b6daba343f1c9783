-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((ABS(si)) = (CHAR_LENGTH(c))) AS e0, (FLOOR(ts3 TO HOUR)) AS e1, (COALESCE((ROUND(-2.750, 1)), (TRUNCATE(`dec`, 1)))) AS e2, 2147483647 AS e3, (CEIL((TRUNCATE(`dec`, 1)))) AS e4
FROM types
WHERE ((CHAR_LENGTH('a,b')) < (ABS(`dec`)));
