-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP['a', (REGEXP_INSTR('Hello', 'l')), 'b', (QUARTER(ts3))]) AS e0, (FLOOR(((CAST(ts3 AS DATE)) + INTERVAL '3' DAY) TO YEAR)) AS e1, ((FLOOR(dt TO YEAR)) + INTERVAL '3' DAY) AS e2, (ARRAY_DISTINCT((ARRAY_SORT(ARRAY[s, c], FALSE)))) AS e3, (MAP['a', ((ARRAY_MIN(ARRAY[id, i])) + (CARDINALITY(ARRAY[1, i, 1]))), 'b', (CARDINALITY(MAP['a', id]))]) AS e4
FROM types
WHERE (FALSE AND (dt > dt));
