-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(((CAST(dt AS TIMESTAMP(3))) + INTERVAL '1' MONTH) AS DATE)) AS e0, `dec` AS e1, (FLOOR(d)) AS e2, ((b IS TRUE) IS TRUE) AS e3, (DATE '2024-02-29' > dt) AS e4, (CASE WHEN b THEN dt END) AS e5
FROM types;
