-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR(dt TO YEAR)) AS e0, (SHA256((TO_BASE64((LTRIM('a,b')))))) AS e1, 1.25 AS e2, (ARRAY_REVERSE(ARRAY[1, i, 1])) AS e3, (CAST((TO_TIMESTAMP(DATE_FORMAT((CEIL(ts3 TO DAY)), 'yyyy-MM-dd HH:mm:ss'))) AS DATE)) AS e4, ((UPPER(RIGHT((TO_BASE64(s)), 3))) LIKE '%a%') AS e5
FROM types
WHERE (ENDSWITH((DATE_FORMAT(ts3, 'D/w/Q e HH:mm:ss.SSS')), (JSON_STRING(c))));
