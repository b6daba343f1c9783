-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ARRAY[id, i] AS e0, (ARRAY_DISTINCT((SPLIT('여울', 'l')))) AS e1, (MAP_UNION(MAP['a', id], MAP['a', 1])) AS e2, (MAP_VALUES((MAP['a', (QUARTER(ts3)), 'b', (REGEXP_COUNT(c, '[a-z]'))]))) AS e3, (ELT((CARDINALITY((ARRAY_REVERSE(ARRAY[id, i])))), (REPLACE((REGEXP_REPLACE(s, '[aeiou]', '*')), 'l', (ARRAY_JOIN(ARRAY['a', s], '|')))), (COALESCE((REVERSE(s)), (SUBSTRING(s, 2)))))) AS e4
FROM types
WHERE ((RPAD('여울', 4, '-')) IS JSON);
