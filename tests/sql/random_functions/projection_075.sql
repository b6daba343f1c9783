-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((TO_TIMESTAMP(DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm:ss'))) <= (FLOOR(TIMESTAMP '1999-12-31 23:59:59.500' TO HOUR))) AS e0, (FLOOR(dt TO YEAR)) AS e1, (FLOOR(DATE '2024-02-29' TO YEAR)) AS e2, (ATAN(0.5E0)) AS e3
FROM types
WHERE (c IS JSON);
