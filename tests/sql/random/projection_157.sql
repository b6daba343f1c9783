-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN (b OR b) THEN (CAST(dt AS TIMESTAMP(3))) ELSE (CAST(dt AS TIMESTAMP(3))) END) AS e0, (CAST(ts3 AS DATE)) AS e1, (CASE WHEN (ts3 <= ts3) THEN (CASE WHEN FALSE THEN dt END) END) AS e2, (SQRT(ABS((d / NULLIF(d, 0E0))))) AS e3, (CASE WHEN ((NULLIF(i, id)) < (`dec` / NULLIF(`dec`, 0))) THEN (CASE WHEN (si IN (1, 2, 3)) THEN (COALESCE(dt, DATE '1969-12-31')) END) END) AS e4, (0.5 / NULLIF(`dec`, 0)) AS e5
FROM types
WHERE ((CAST(dt AS TIMESTAMP(3))) <= (ts3 + INTERVAL '1' MONTH));
