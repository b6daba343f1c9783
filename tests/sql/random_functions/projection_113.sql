-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR(dt TO YEAR)) AS e0, (ARRAY_APPEND((ARRAY_SLICE(ARRAY[1, i, 1], 1, 2)), 7)) AS e1, (REVERSE((UPPER(RIGHT((REGEXP_EXTRACT(s, '([A-Za-z]+)', 1)), 3))))) AS e2, (LOCATE((ELT(si, s, s)), c)) AS e3
FROM types
WHERE ((dt > dt) IS TRUE);
