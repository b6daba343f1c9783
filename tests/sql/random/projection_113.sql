-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CASE WHEN b THEN (ts3 + INTERVAL '1' MONTH) ELSE (COALESCE(ts3, ts3)) END) <= ((ts3 + INTERVAL '1' DAY) + INTERVAL '1' DAY)) AS e0, d AS e1, (CAST(TIMESTAMP '1999-12-31 23:59:59.500' AS DATE)) AS e2, (LOWER((INITCAP(c)))) AS e3, (GREATEST((CAST(`dec` AS INT)), (GREATEST(id, i)))) AS e4
FROM types
WHERE b;
