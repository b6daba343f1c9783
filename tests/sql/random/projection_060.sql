-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE(`dec`, (CASE WHEN FALSE THEN (FLOOR(`dec`)) ELSE (CASE WHEN b THEN `dec` ELSE `dec` END) END))) AS e0, (TRUNCATE(0.5, 1)) AS e1, (COALESCE((CASE WHEN b THEN dt END), (CASE WHEN b THEN dt END))) AS e2, (SUBSTRING(s, 1, 3)) AS e3
FROM types
WHERE ((LOWER(s)) IS DISTINCT FROM '');
