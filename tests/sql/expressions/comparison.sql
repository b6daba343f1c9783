-- Comparisons, also across numeric types; NULL gives NULL.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, i = bi AS a, i <> si AS b, i < bi AS c, d >= f AS d1, `dec` > i AS e, s = 'Hello' AS g, b = TRUE AS h FROM types;
