-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ts3 AS e0, (TRUNCATE(`dec`, 1)) AS e1, (d / NULLIF(d, 0E0)) AS e2, (COALESCE((COALESCE((COALESCE(dt, dt)), (CAST(ts3 AS DATE)))), (CAST(TIMESTAMP '2024-02-29 12:00:00' AS DATE)))) AS e3, (CASE WHEN FALSE THEN `dec` ELSE `dec` END) AS e4, i AS e5
FROM types
WHERE ((CAST(ts3 AS DATE)) > (CASE WHEN b THEN DATE '2024-02-29' END));
