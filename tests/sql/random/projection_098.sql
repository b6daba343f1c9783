-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ts3 + INTERVAL '1' DAY) AS e0, (LOWER((COALESCE(s, (CAST(ti AS STRING)))))) AS e1, (CAST((CAST((CASE WHEN b THEN dt END) AS TIMESTAMP(3))) AS DATE)) AS e2, (REGEXP_EXTRACT((SUBSTRING('여울', 2)), '([A-Za-z]+)', 1)) AS e3, ((COALESCE((SQRT(ABS(d))), (COALESCE(d, d)))) - (CASE WHEN b THEN (ABS(`dec`)) ELSE (`dec` / NULLIF(`dec`, 0)) END)) AS e4
FROM types
WHERE ((i < `dec`) AND (id BETWEEN 100 AND i));
