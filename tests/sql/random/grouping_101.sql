-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (EXTRACT(YEAR FROM ts3)) AS k, MIN((CONCAT(s, c))) AS a0, COUNT(DISTINCT (SUBSTRING(c, 1, 3))) AS a1
FROM types
GROUP BY (EXTRACT(YEAR FROM ts3));
