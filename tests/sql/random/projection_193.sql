-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (LOWER((LOWER((c || s))))) AS e0, (COALESCE((CASE WHEN (si IS NULL) THEN (CAST(ts3 AS DATE)) END), DATE '1969-12-31')) AS e1, (COALESCE((ts3 + INTERVAL '1' DAY), (COALESCE((FLOOR(ts3 TO DAY)), (COALESCE(ts3, TIMESTAMP '2024-02-29 12:00:00')))))) AS e2
FROM types;
