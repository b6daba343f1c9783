-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (SPLIT_INDEX(c, ',', 0)) AS k, COUNT(*) FILTER (WHERE (bi BETWEEN ti AND i)) AS a0, MAX((ts3 + INTERVAL '1' MONTH)) AS a1, SUM((SIGN(i))) AS a2, MAX((-2.750 + `dec`)) AS a3
FROM types
WHERE TRUE
GROUP BY (SPLIT_INDEX(c, ',', 0));
