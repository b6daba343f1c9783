-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (GREATEST(7, (EXTRACT(MONTH FROM dt)))) AS e0, (CASE WHEN (id IN (1, 2, 3)) THEN (CAST((FLOOR(ts3 TO DAY)) AS DATE)) END) AS e1, dt AS e2, (CAST(TIMESTAMP '2024-02-29 12:00:00' AS DATE)) AS e3, d AS e4
FROM types
WHERE b;
