-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (b IS TRUE) AS k, COUNT(DISTINCT (CAST(ts3 AS STRING))) AS a0, COUNT(DISTINCT s) AS a1, COUNT(*) FILTER (WHERE (c LIKE '%a%')) AS a2, COUNT(*) FILTER (WHERE (i BETWEEN si AND i)) AS a3
FROM types
WHERE (b AND b)
GROUP BY (b IS TRUE);
