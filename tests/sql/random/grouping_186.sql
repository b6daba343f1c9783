-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(dt AS STRING)) AS k, COUNT(DISTINCT 0) AS a0, COUNT(*) FILTER (WHERE (ti IN (1, 2, 3))) AS a1, MIN((s || c)) AS a2, MAX((TIMESTAMP '1999-12-31 23:59:59.500' + INTERVAL '1' MONTH)) AS a3
FROM types
WHERE (s IS NOT NULL)
GROUP BY (CAST(dt AS STRING));
