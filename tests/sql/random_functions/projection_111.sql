-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (LOCATE(s, c)) AS e0, (LOG2(ABS(d) + 1E0)) AS e1, (TO_DATE(DATE_FORMAT(ts3, 'yyyy-MM-dd'))) AS e2, (CAST(ts3 AS DATE)) AS e3
FROM types
WHERE ((TIMESTAMP '2024-02-29 12:00:00' - INTERVAL '90' MINUTE) <= (CASE WHEN b THEN TIMESTAMP '1999-12-31 23:59:59.500' ELSE ts3 END));
