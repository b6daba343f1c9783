-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (LOWER((SUBSTRING((TRIM(s)), 1, 3)))) AS e0, (COALESCE(dt, DATE '1969-12-31')) AS e1, dt AS e2, (CASE WHEN b THEN (CASE WHEN b THEN dt END) END) AS e3, (CAST((CAST((`dec` / NULLIF(`dec`, 0)) AS DECIMAL(12, 2))) AS INT)) AS e4, (COALESCE(((ts3 - INTERVAL '90' MINUTE) + INTERVAL '1' MONTH), ((ts3 - INTERVAL '90' MINUTE) + INTERVAL '1' MONTH))) AS e5
FROM types;
