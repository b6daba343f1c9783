-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(TIMESTAMP '2024-02-29 12:00:00' AS DATE)) AS e0, (((CAST(`dec` AS DOUBLE)) - (ROUND(`dec`, 1))) * (id - (EXTRACT(YEAR FROM ts3)))) AS e1, ((0.5E0 >= d) OR (s LIKE '%a%')) AS e2, (`dec` / NULLIF(`dec`, 0)) AS e3, ('a,b' LIKE '%a%') AS e4
FROM types
WHERE ((' x ' || c) IS NOT NULL);
