-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN b THEN (TO_DATE(DATE_FORMAT((TIMESTAMPADD(MONTH, 2, ts3)), 'yyyy-MM-dd'))) END) AS e0, ((BIN(ti)) < (TO_BASE64(' x '))) AS e1, (ARRAY_EXCEPT(ARRAY[1, i, 1], (ARRAY_APPEND((ARRAY_SORT(ARRAY[id, i])), 7)))) AS e2
FROM types;
