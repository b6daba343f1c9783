-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, DATE '1969-12-31' AS e0, (REGEXP_COUNT((REGEXP_REPLACE(s, '[aeiou]', '*')), '[a-z]')) AS e1, (REGEXP_SUBSTR((BTRIM(c, 'H')), '[a-z]+')) AS e2, d AS e3, (FLOOR((FLOOR(ts3 TO MONTH)) TO DAY)) AS e4
FROM types
WHERE ((CARDINALITY(ARRAY['a', s])) IS NULL);
