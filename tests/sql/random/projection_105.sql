-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (id + 100) AS e0, (COALESCE(dt, dt)) AS e1, b AS e2, dt AS e3, (LOWER((REPLACE('Hello', 'l', s)))) AS e4, (CAST((CASE WHEN (ts3 <= ts3) THEN (SIGN(bi)) ELSE (CAST(i AS SMALLINT)) END) AS STRING)) AS e5
FROM types;
