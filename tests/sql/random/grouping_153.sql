-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (i < `dec`) AS k, COUNT((DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm'))) AS a0, COUNT(DISTINCT c) AS a1, SUM((SIGN(-3))) AS a2, MIN((CAST(`dec` AS STRING))) AS a3
FROM types
GROUP BY (i < `dec`);
