-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN ((CONCAT(c, ' x ')) <> s) THEN (COALESCE((CAST(ts3 AS DATE)), (COALESCE(dt, DATE '1969-12-31')))) END) AS e0, (CHAR_LENGTH((CAST(FALSE AS STRING)))) AS e1, `dec` AS e2, (id < `dec`) AS e3, (ABS(d)) AS e4, (SUBSTRING((CAST(1.25 AS STRING)), 2)) AS e5
FROM types
WHERE (NOT (b OR FALSE));
