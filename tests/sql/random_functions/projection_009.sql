-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, si AS e0, (MAP_UNION((MAP['a', (HOUR(ts3)), 'b', (REGEXP_INSTR(s, 'l'))]), MAP['a', 1])) AS e1, MAP['a', i, 'b', id] AS e2, (TRUNCATE((ROUND((FLOOR(`dec`)), 1)), 1)) AS e3, (ts3 - INTERVAL '90' MINUTE) AS e4
FROM types
WHERE (IS_ALPHA((CAST(DATE '2024-02-29' AS STRING))));
