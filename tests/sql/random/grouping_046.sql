-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT s AS k, SUM((CHAR_LENGTH(c))) AS a0, MAX((FLOOR(TIMESTAMP '1999-12-31 23:59:59.500' TO HOUR))) AS a1, MIN(s) AS a2
FROM types
WHERE (0.5E0 >= d)
GROUP BY s;
