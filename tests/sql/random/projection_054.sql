-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN (' x ' LIKE '%a%') THEN (CASE WHEN b THEN dt END) END) AS e0, (CAST(`dec` AS DOUBLE)) AS e1, (MOD((IF(b, id, bi)), NULLIF((EXTRACT(YEAR FROM ts3)), 0))) AS e2, (CAST(`dec` AS INT)) AS e3
FROM types
WHERE ((NULLIF(7, bi)) < (`dec` - ti));
