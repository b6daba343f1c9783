-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST((DATE '2024-02-29' + INTERVAL '3' DAY) AS TIMESTAMP(3))) AS e0, (ARRAY['a,b', 'Hello']) AS e1, (TRUNCATE(`dec`, 1)) AS e2, MAP['a', i, 'b', id] AS e3, FALSE AS e4, (MAP['a', (EXTRACT(YEAR FROM (TO_TIMESTAMP(DATE_FORMAT(TIMESTAMP '1999-12-31 23:59:59.500', 'yyyy-MM-dd HH:mm:ss'))))), 'b', (COALESCE(2, (ARRAY_POSITION(ARRAY[1, i, 1], 1))))]) AS e5
FROM types
WHERE (ENDSWITH((CAST(ARRAY['a', s] AS STRING)), (CAST(ti AS STRING))));
