-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, TIMESTAMP '2024-02-29 12:00:00' AS e0, dt AS e1, (REVERSE(('' || s))) AS e2, (COALESCE((EXTRACT(MONTH FROM (CASE WHEN b THEN dt END))), (HOUR((TIMESTAMP '1999-12-31 23:59:59.500' + INTERVAL '1' DAY))))) AS e3, (COALESCE((COALESCE(dt, DATE '1969-12-31')), (COALESCE((COALESCE(dt, dt)), (CASE WHEN b THEN dt END))))) AS e4, ((CAST(TRUE AS STRING)) LIKE '%a%') AS e5
FROM types;
