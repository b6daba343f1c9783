-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_DISTINCT((ARRAY_DISTINCT((ARRAY_CONCAT(ARRAY[1, i, 1], ARRAY[id, i])))))) AS e0, (EXTRACT(WEEK FROM dt)) AS e1, (QUARTER(ts3)) AS e2
FROM types;
