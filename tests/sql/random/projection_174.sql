-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (dt > (CASE WHEN b THEN DATE '1969-12-31' END)) AS e0, (d + d) AS e1, (2 / NULLIF(bi, 0)) AS e2, (dt > (CASE WHEN TRUE THEN (COALESCE(dt, dt)) END)) AS e3, (TRUE OR (c IS NOT NULL)) AS e4
FROM types;
