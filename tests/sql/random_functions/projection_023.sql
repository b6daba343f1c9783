-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MAP_UNION((MAP['a', 1, 'b', bi]), MAP['a', 1])) AS e0, (ARRAY_DISTINCT((ARRAY_SORT(ARRAY['a', s], FALSE)))) AS e1, (FLOOR((CEIL(ts3 TO DAY)) TO HOUR)) AS e2, (ATAN(-1.5E3)) AS e3, (CAST(DATE '1969-12-31' AS STRING)) AS e4, (EXP(SIN((ATAN((SIN(d))))))) AS e5
FROM types
WHERE ((ENDSWITH(c, '여울')) OR b);
