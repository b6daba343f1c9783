-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST((i - bi) AS SMALLINT)) AS e0, (COALESCE((ts3 + INTERVAL '1' DAY), (CAST(dt AS TIMESTAMP(3))))) AS e1, (DATE_FORMAT((COALESCE(TIMESTAMP '1999-12-31 23:59:59.500', TIMESTAMP '1999-12-31 23:59:59.500')), 'yyyy-MM-dd HH:mm')) AS e2, (CAST((CASE WHEN b THEN `dec` ELSE `dec` END) AS DECIMAL(12, 2))) AS e3
FROM types
WHERE ((ABS(0)) IS NULL);
