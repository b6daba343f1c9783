-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (b AND b) AS e0, ((REPLACE('여울', 'l', (CASE WHEN TRUE THEN c ELSE s END))) <> (CAST(TIMESTAMP '1999-12-31 23:59:59.500' AS STRING))) AS e1, ((CAST((ABS(`dec`)) AS DOUBLE)) >= d) AS e2, (CEIL((COALESCE((`dec` * `dec`), (`dec` + `dec`))))) AS e3, ((IF(FALSE, i, si)) / NULLIF(i, 0)) AS e4, (SUBSTRING(c, 2)) AS e5
FROM types;
