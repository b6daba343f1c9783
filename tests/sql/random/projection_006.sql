-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (SIGN(i)) AS e0, (REPLACE(c, 'l', c)) AS e1, ((FLOOR(ts3 TO DAY)) - INTERVAL '90' MINUTE) AS e2, (ts3 + INTERVAL '1' DAY) AS e3, (TRUNCATE(100.0, 1)) AS e4, ts3 AS e5
FROM types
WHERE ((CAST(-2.750 AS INT)) IN (1, 2, 3));
