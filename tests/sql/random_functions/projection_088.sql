-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR(ts3 TO MONTH)) AS e0, (ARRAY_DISTINCT((ARRAY[c, c]))) AS e1, (JSON_STRING(((TRUNCATE(`dec`, 1)) / NULLIF((CEIL(`dec`)), 0)))) AS e2, ((JSON_STRING((ARRAY_SORT(ARRAY[id, i])))) < (JSON_ARRAY((CARDINALITY(MAP['a', i, 'b', id])), (TO_BASE64('a'))))) AS e3, (SPLIT('여울', 'l')) AS e4
FROM types
WHERE (STARTSWITH((MD5(c)), (SHA1(s))));
