-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (si IS NULL) AS e0, `dec` AS e1, TIMESTAMP '1999-12-31 23:59:59.500' AS e2, (REGEXP_EXTRACT_ALL(s, '([a-z])', 1)) AS e3, (COS(ti)) AS e4, ((CASE WHEN (c IS NOT NULL) THEN (COALESCE(dt, DATE '1969-12-31')) END) + INTERVAL '3' DAY) AS e5
FROM types;
