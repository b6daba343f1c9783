-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE((COALESCE(DATE '1969-12-31', dt)), dt)) AS e0, (c || 'a') AS e1, (CAST((ts3 - INTERVAL '90' MINUTE) AS DATE)) AS e2, (CAST((COALESCE((`dec` - 100), `dec`)) AS DOUBLE)) AS e3, (LEFT('Hello', 2)) AS e4
FROM types;
