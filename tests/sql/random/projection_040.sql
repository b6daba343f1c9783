-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (((COALESCE(ts3, TIMESTAMP '2024-02-29 12:00:00')) + INTERVAL '1' DAY) <= (CAST((CASE WHEN b THEN DATE '1969-12-31' END) AS TIMESTAMP(3)))) AS e0, (IF(b, (CAST((CAST(0 AS DECIMAL(20, 4))) AS INT)), si)) AS e1, c AS e2, (COALESCE(dt, dt)) AS e3, (si * 2147483647) AS e4
FROM types;
