-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REGEXP_EXTRACT_ALL((OVERLAY(c PLACING 'a,b' FROM 2)), '([a-z])', 1)) AS e0, (ARRAY_INTERSECT((ARRAY_SLICE((ARRAY_SLICE(ARRAY[id, i], 1, 2)), 1, 2)), (ARRAY_SLICE((ARRAY_REMOVE(ARRAY[1, i, 1], 1)), 1, 2)))) AS e1, (JSON_EXISTS(JSON_ARRAY((EXTRACT(WEEK FROM (TO_DATE(DATE_FORMAT(ts3, 'yyyy-MM-dd')))))), '$[0]')) AS e2, dt AS e3
FROM types;
