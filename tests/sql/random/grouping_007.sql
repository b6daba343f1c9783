-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (c || s) AS k, MAX((ROUND(`dec`, 1))) AS a0, MAX((CASE WHEN b THEN TIMESTAMP '1999-12-31 23:59:59.500' ELSE ts3 END)) AS a1, SUM((`dec` / NULLIF(`dec`, 0))) AS a2
FROM types
WHERE (d >= 2E0)
GROUP BY (c || s);
