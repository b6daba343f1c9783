-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CONCAT_WS('-', s, s)) AS e0, ((SPLIT_INDEX((INITCAP(c)), ',', 0)) IS NOT NULL) AS e1, (FLOOR(ts3 TO HOUR)) AS e2, (ABS(si)) AS e3, (- 1) AS e4
FROM types;
