-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CAST(dt AS TIMESTAMP(3))) - INTERVAL '90' MINUTE) AS e0, (COALESCE((COALESCE(dt, DATE '2024-02-29')), (CAST(ts3 AS DATE)))) AS e1, (CAST((TIMESTAMPDIFF(DAY, (CASE WHEN TRUE THEN TIMESTAMP '2024-02-29 12:00:00' ELSE ts3 END), (TIMESTAMP '1999-12-31 23:59:59.500' - INTERVAL '90' MINUTE))) AS DECIMAL(20, 4))) AS e2
FROM types;
