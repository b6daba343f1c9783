-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE((CAST((FLOOR(ts3 TO HOUR)) AS DATE)), (COALESCE((CAST(TIMESTAMP '2024-02-29 12:00:00' AS DATE)), dt)))) AS e0, (s <> 'a,b') AS e1, d AS e2, (COALESCE((COALESCE(DATE '1969-12-31', dt)), (COALESCE(DATE '1969-12-31', dt)))) AS e3, (CASE WHEN (s < c) THEN (CAST(TIMESTAMP '1999-12-31 23:59:59.500' AS DATE)) END) AS e4, (TRUNCATE((`dec` * 0.5), 1)) AS e5
FROM types;
