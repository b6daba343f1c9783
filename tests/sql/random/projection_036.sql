-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (((CAST(DATE '1969-12-31' AS TIMESTAMP(3))) + INTERVAL '1' MONTH) <= (COALESCE((FLOOR(ts3 TO DAY)), (ts3 - INTERVAL '90' MINUTE)))) AS e0, (COALESCE(dt, dt)) AS e1, (FLOOR(ts3 TO DAY)) AS e2, (((SQRT(ABS(d))) / NULLIF(0.5E0, 0E0)) / NULLIF((d + (COALESCE(d, 2E0))), 0E0)) AS e3
FROM types
WHERE ((ABS(ti)) BETWEEN (HOUR(ts3)) AND (CAST(bi AS SMALLINT)));
