-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ARRAY[s, c] AS e0, (LOWER((BIN((ARRAY_POSITION(ARRAY[1, i, 1], 1)))))) AS e1, (ARRAY_DISTINCT((ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[1, i, 1])))) AS e2, (ARRAY_SORT(ARRAY[s, c], FALSE)) AS e3, (ARRAY_DISTINCT(ARRAY[s, c])) AS e4, (COALESCE(DATE '1969-12-31', dt)) AS e5
FROM types;
