-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ts3 AS e0, (FLOOR(ts3 TO HOUR)) AS e1, (CAST(dt AS STRING)) AS e2, (EXTRACT(YEAR FROM TIMESTAMP '2024-02-29 12:00:00')) AS e3, ((CAST(dt AS TIMESTAMP(3))) + INTERVAL '1' MONTH) AS e4, ((d + d) * (MOD(1, NULLIF(1, 0)))) AS e5
FROM types;
