-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, TIMESTAMP '1999-12-31 23:59:59.500' AS e0, (HEX((REGEXP_COUNT(c, '[a-z]')))) AS e1, ((ts3 + INTERVAL '1' DAY) <= (CAST(dt AS TIMESTAMP(3)))) AS e2, (CASE WHEN FALSE THEN (REGEXP_COUNT(c, '[a-z]')) ELSE (LOCATE(' x ', s)) END) AS e3, (CAST((FLOOR(`dec`)) AS STRING)) AS e4, (CAST(ARRAY[s, c] AS STRING)) AS e5
FROM types;
