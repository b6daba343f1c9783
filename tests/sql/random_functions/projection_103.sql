-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REGEXP_EXTRACT_ALL((JSON_VALUE(JSON_OBJECT('a' VALUE (REGEXP_COUNT(s, '[a-z]'))), '$.a')), '([a-z])', 1)) AS e0, (CAST(ts3 AS DATE)) AS e1, (REGEXP((LOWER(s)), '[0-9]')) AS e2, (FLOOR((COALESCE(ts3, ts3)) TO MONTH)) AS e3, (dt + INTERVAL '3' DAY) AS e4
FROM types;
