-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_SORT((REGEXP_EXTRACT_ALL(' x ', '([a-z])', 1)), FALSE)) AS e0, 2E0 AS e1, MAP['a', i, 'b', id] AS e2, ((COALESCE(dt, dt)) + INTERVAL '3' DAY) AS e3, (ARRAY_DISTINCT(ARRAY['a', s])) AS e4, (UPPER(s)) AS e5
FROM types
WHERE (NOT (b IS TRUE));
