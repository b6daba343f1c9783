-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ABS(d)) AS e0, (COALESCE((COALESCE((CAST(`dec` AS DOUBLE)), (CAST(`dec` AS DOUBLE)))), d)) AS e1, (COALESCE((COALESCE((CAST(ts3 AS DATE)), (CASE WHEN FALSE THEN dt END))), (COALESCE((COALESCE(DATE '1969-12-31', DATE '2024-02-29')), dt)))) AS e2
FROM types
WHERE ((b IS TRUE) OR (b IS TRUE));
