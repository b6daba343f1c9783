-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST((CAST((CAST(bi AS DECIMAL(20, 4))) AS INT)) AS BIGINT)) AS e0, ((CONCAT_WS('-', '', 'a')) || ' x ') AS e1, TIMESTAMP '1999-12-31 23:59:59.500' AS e2, (CASE WHEN b THEN ts3 ELSE ts3 END) AS e3, ts3 AS e4, (COALESCE(ts3, ((FLOOR(TIMESTAMP '2024-02-29 12:00:00' TO HOUR)) + INTERVAL '1' MONTH))) AS e5
FROM types;
