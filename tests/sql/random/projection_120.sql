-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, d AS e0, (CAST(ts3 AS DATE)) AS e1, (COALESCE(dt, dt)) AS e2, d AS e3, (COALESCE((COALESCE(DATE '1969-12-31', dt)), (CAST(ts3 AS DATE)))) AS e4, (DATE_FORMAT((TIMESTAMP '1999-12-31 23:59:59.500' + INTERVAL '1' DAY), 'yyyy-MM-dd HH:mm')) AS e5
FROM types
WHERE ((CAST(0 AS SMALLINT)) = (EXTRACT(MONTH FROM DATE '1969-12-31')));
