-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CAST(ts3 AS DATE)) + INTERVAL '3' DAY) AS e0, (ROUND((0.5 + (ABS(`dec`))), 1)) AS e1, (CAST(`dec` AS DECIMAL(12, 2))) AS e2, (DEGREES(-1.5E3)) AS e3, (SPLIT('', 'l')) AS e4
FROM types
WHERE (IS_ALPHA((SHA1('a,b'))));
