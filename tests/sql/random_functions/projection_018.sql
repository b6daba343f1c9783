-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TIMESTAMPADD(MONTH, 2, TIMESTAMP '2024-02-29 12:00:00')) AS e0, ((COALESCE(dt, dt)) + INTERVAL '3' DAY) AS e1, (((CASE WHEN b THEN 100.0 ELSE `dec` END) / NULLIF((FLOOR(1.25)), 0)) / NULLIF(`dec`, 0)) AS e2, (ARRAY_SORT(ARRAY[id, i])) AS e3, ('a,b' SIMILAR TO '%l%') AS e4, i AS e5
FROM types
WHERE (STARTSWITH((URL_ENCODE(s)), (LTRIM(s))));
