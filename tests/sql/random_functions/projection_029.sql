-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (s || c) AS e0, (TANH(2E0)) AS e1, (TO_TIMESTAMP(DATE_FORMAT((FLOOR((CAST(dt AS TIMESTAMP(3))) TO MONTH)), 'yyyy-MM-dd HH:mm:ss'))) AS e2, (ARRAY_APPEND((ARRAY_REVERSE((ARRAY_REVERSE(ARRAY[id, i])))), 7)) AS e3
FROM types;
