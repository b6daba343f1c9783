-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TRUNCATE(`dec`, 1)) AS e0, (d / NULLIF(-1.5E3, 0E0)) AS e1, (CHAR_LENGTH((REGEXP_EXTRACT((SUBSTRING(c, 1, 3)), '([A-Za-z]+)', 1)))) AS e2, -1.5E3 AS e3, (TRUNCATE(`dec`, 1)) AS e4, dt AS e5
FROM types
WHERE FALSE;
