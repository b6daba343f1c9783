-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((TRIM((CAST(b AS STRING)))) <> (CASE WHEN (id BETWEEN 2147483647 AND ti) THEN s ELSE (c || 'a') END)) AS e0, (DATE_FORMAT(TIMESTAMP '1999-12-31 23:59:59.500', 'yyyy-MM-dd HH:mm')) AS e1, (c IS NOT NULL) AS e2, (FLOOR(ts3 TO HOUR)) AS e3
FROM types
WHERE ((CAST(`dec` AS INT)) IS NULL);
