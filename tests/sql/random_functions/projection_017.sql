-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CAST((`dec` / NULLIF(`dec`, 0)) AS DECIMAL(12, 2))) / NULLIF((`dec` + (ROUND(`dec`, 1))), 0)) AS e0, MAP['a', id] AS e1, (MAP['a', (QUARTER((CASE WHEN FALSE THEN TIMESTAMP '2024-02-29 12:00:00' ELSE ts3 END))), 'b', si]) AS e2, (REGEXP_EXTRACT_ALL((JSON_STRING((ARRAY_REVERSE(ARRAY[id, i])))), '([a-z])', 1)) AS e3
FROM types
WHERE ((REGEXP_COUNT(s, '[a-z]')) BETWEEN (QUARTER(ts3)) AND (REGEXP_COUNT(s, '[a-z]')));
