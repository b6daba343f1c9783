-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (- (CHAR_LENGTH(c))) AS e0, (((ABS(d)) >= (CAST(`dec` AS DOUBLE))) OR b) AS e1, (FLOOR(d)) AS e2, ((FLOOR((COALESCE(TIMESTAMP '1999-12-31 23:59:59.500', ts3)) TO DAY)) + INTERVAL '1' DAY) AS e3, (LPAD((CONCAT((SPLIT_INDEX(s, ',', 0)), (UPPER(' x ')))), 6, '*')) AS e4, (COALESCE((COALESCE((CASE WHEN b THEN DATE '2024-02-29' END), (COALESCE(dt, dt)))), (COALESCE((CAST(ts3 AS DATE)), (CAST(TIMESTAMP '1999-12-31 23:59:59.500' AS DATE)))))) AS e5
FROM types
WHERE FALSE;
