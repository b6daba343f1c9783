-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(`dec` AS INT)) AS k, MIN((MINUTE(TIMESTAMP '2024-02-29 12:00:00'))) AS a0, MIN((SIGN(bi))) AS a1, COUNT(DISTINCT (CAST(`dec` AS STRING))) AS a2
FROM types
GROUP BY (CAST(`dec` AS INT));
