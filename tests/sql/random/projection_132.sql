-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE((COALESCE((COALESCE(dt, DATE '1969-12-31')), (CAST(ts3 AS DATE)))), (CASE WHEN (dt > dt) THEN (CAST(ts3 AS DATE)) END))) AS e0, (CAST(ts3 AS DATE)) AS e1, (CASE WHEN ((ti IN (1, 2, 3)) AND (dt > dt)) THEN (CAST((CASE WHEN b THEN ts3 ELSE ts3 END) AS DATE)) END) AS e2, (CASE WHEN TRUE THEN TIMESTAMP '2024-02-29 12:00:00' ELSE TIMESTAMP '2024-02-29 12:00:00' END) AS e3, (ABS(((d / NULLIF(d, 0E0)) + (CAST(`dec` AS DOUBLE))))) AS e4
FROM types;
