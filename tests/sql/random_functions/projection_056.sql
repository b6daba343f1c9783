-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, s AS e0, (TO_DATE(DATE_FORMAT((CASE WHEN (ti = id) THEN (FLOOR(TIMESTAMP '2024-02-29 12:00:00' TO DAY)) ELSE (FLOOR(ts3 TO DAY)) END), 'yyyy-MM-dd'))) AS e1, (EXP(SIN(0.5E0))) AS e2, (CEIL(ts3 TO YEAR)) AS e3
FROM types
WHERE (ARRAY_CONTAINS((ARRAY_APPEND(ARRAY[1, i, 1], 7)), 1));
