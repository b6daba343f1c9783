-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REGEXP_EXTRACT((CAST((ARRAY_SORT(ARRAY[s, c], FALSE)) AS STRING)), '([A-Za-z]+)', 1)) AS e0, (ARRAY_DISTINCT((ARRAY[c, c]))) AS e1, (MAP_UNION(MAP['a', i, 'b', id], MAP['a', 1])) AS e2, (PRINTF('%s:%s', (JSON_VALUE(JSON_OBJECT('a' VALUE (EXTRACT(WEEK FROM dt))), '$.a')), c)) AS e3
FROM types
WHERE (ENDSWITH((CONCAT_WS('-', s, s)), (JSON_ARRAY(bi, ' x '))));
