-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE((CAST(dt AS TIMESTAMP(3))), (ts3 + INTERVAL '1' DAY))) AS e0, (CASE WHEN b THEN (LOWER('여울')) ELSE (CAST(1.25 AS STRING)) END) AS e1, (si / NULLIF(0, 0)) AS e2
FROM types;
