-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, TIMESTAMP '2024-02-29 12:00:00' AS e0, (TIMESTAMP '1999-12-31 23:59:59.500' + INTERVAL '1' MONTH) AS e1, `dec` AS e2, (MOD(id, NULLIF(2147483647, 0))) AS e3, (((ti - id) IN (1, 2, 3)) OR ((COALESCE(c, '여울')) IS DISTINCT FROM 'Hello')) AS e4, (CAST((CAST(ts3 AS DATE)) AS TIMESTAMP(3))) AS e5
FROM types;
