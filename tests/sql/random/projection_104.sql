-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ROUND((COALESCE(`dec`, `dec`)), 1)) AS e0, (2147483647 < `dec`) AS e1, ((CAST((CASE WHEN b THEN ts3 ELSE ts3 END) AS STRING)) LIKE '%a%') AS e2, (CAST((GREATEST((EXTRACT(YEAR FROM ts3)), (IF(b, i, i)))) AS BIGINT)) AS e3
FROM types
WHERE ((LOWER(s)) <> (UPPER(c)));
