-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN b THEN DATE '1969-12-31' END) AS e0, (REVERSE((CAST(dt AS STRING)))) AS e1, (REGEXP_EXTRACT((LOWER((SPLIT_INDEX(c, ',', 0)))), '([A-Za-z]+)', 1)) AS e2
FROM types
WHERE TRUE;
