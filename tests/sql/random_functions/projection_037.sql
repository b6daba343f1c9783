-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE(s, c)) AS e0, (DATE_FORMAT(ts3, 'D/w/Q e HH:mm:ss.SSS')) AS e1, (FLOOR(TIMESTAMP '2024-02-29 12:00:00' TO MONTH)) AS e2, (MAP['a', ((GREATEST(si, i)) - (REGEXP_INSTR(c, 'l'))), 'b', (INSTR((CAST(ARRAY[id, i] AS STRING)), (MD5(s))))]) AS e3
FROM types
WHERE (STARTSWITH((LTRIM(c)), (CAST(ts3 AS STRING))));
