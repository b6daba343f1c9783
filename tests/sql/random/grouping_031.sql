-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (HOUR(ts3)) AS k, SUM((MINUTE(ts3))) AS a0, AVG((TRUNCATE(-2.750, 1))) AS a1, MIN((CASE WHEN b THEN 7 ELSE bi END)) AS a2, COUNT(DISTINCT bi) AS a3
FROM types
GROUP BY (HOUR(ts3));
