-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, b AS e0, (ABS((d / NULLIF(d, 0E0)))) AS e1, (d - 0.5) AS e2, (FLOOR((FLOOR(TIMESTAMP '2024-02-29 12:00:00' TO HOUR)) TO DAY)) AS e3
FROM types
WHERE ((DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm')) LIKE '%a%');
