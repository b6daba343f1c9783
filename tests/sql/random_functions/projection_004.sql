-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REGEXP_EXTRACT_ALL(c, '([a-z])', 1)) AS e0, (EXTRACT(DECADE FROM DATE '2024-02-29')) AS e1, (TIMESTAMPADD(MONTH, 2, (TO_TIMESTAMP(DATE_FORMAT((FLOOR(ts3 TO HOUR)), 'yyyy-MM-dd HH:mm:ss'))))) AS e2, (ARRAY_REMOVE((ARRAY_APPEND((ARRAY_SLICE(ARRAY[1, i, 1], 1, 2)), 7)), 1)) AS e3
FROM types;
