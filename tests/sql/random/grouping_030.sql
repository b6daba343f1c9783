-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm')) AS k, COUNT(DISTINCT (LOWER(s))) AS a0, MIN((- 2)) AS a1, SUM((POSITION(c IN c))) AS a2
FROM types
GROUP BY (DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm'));
