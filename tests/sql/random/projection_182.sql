-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST((CAST((`dec` - si) AS DECIMAL(12, 2))) AS DECIMAL(12, 2))) AS e0, (CAST((EXTRACT(YEAR FROM ts3)) AS SMALLINT)) AS e1, (FLOOR((FLOOR((FLOOR(ts3 TO DAY)) TO DAY)) TO DAY)) AS e2, (CASE WHEN ((CAST(dt AS STRING)) <> 'a,b') THEN (COALESCE(DATE '1969-12-31', (CASE WHEN TRUE THEN dt END))) END) AS e3, (CAST(ts3 AS DATE)) AS e4
FROM types
WHERE ((SIGN(bi)) < (COALESCE(`dec`, `dec`)));
