-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TRIM((CASE WHEN b THEN (UPPER(c)) ELSE (REGEXP_EXTRACT(c, '([A-Za-z]+)', 1)) END))) AS e0, (CASE WHEN ((HOUR(TIMESTAMP '2024-02-29 12:00:00')) = (NULLIF(-3, si))) THEN (CASE WHEN (bi = -3) THEN (CAST(ts3 AS DATE)) END) END) AS e1, (CAST((EXTRACT(MONTH FROM dt)) AS DECIMAL(20, 4))) AS e2, (SQRT(ABS((COALESCE(d, -1.5E3))))) AS e3, (FALSE AND b) AS e4, (COALESCE(dt, dt)) AS e5
FROM types;
