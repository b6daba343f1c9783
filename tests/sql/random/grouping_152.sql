-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(ti AS SMALLINT)) AS k, AVG((TRUNCATE(0.5, 1))) AS a0, COUNT((CONCAT_WS('-', 'a', s))) AS a1, AVG((CAST(`dec` AS INT))) AS a2
FROM types
WHERE (NOT b)
GROUP BY (CAST(ti AS SMALLINT));
