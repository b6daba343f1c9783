-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST((COALESCE(DATE '1969-12-31', dt)) AS TIMESTAMP(3))) AS e0, (c LIKE '%a%') AS e1, ((ts3 + INTERVAL '1' MONTH) - INTERVAL '90' MINUTE) AS e2, (CAST((CASE WHEN (s IS DISTINCT FROM s) THEN (ts3 - INTERVAL '90' MINUTE) ELSE (TIMESTAMP '1999-12-31 23:59:59.500' + INTERVAL '1' MONTH) END) AS DATE)) AS e3, ((d - `dec`) + (ABS(d))) AS e4
FROM types
WHERE ((SUBSTRING(s, 1, 3)) IS NOT NULL);
