-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN (ts3 <= ts3) THEN DATE '2024-02-29' END) AS e0, ((ts3 + INTERVAL '1' MONTH) + INTERVAL '1' DAY) AS e1, dt AS e2, (COALESCE(d, d)) AS e3
FROM types;
