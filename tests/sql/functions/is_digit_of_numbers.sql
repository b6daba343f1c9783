-- Numbers are decimal, and no letters or digits, NULL included.
CREATE TABLE t (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, d38 DECIMAL(38, 10), d5 DECIMAL(5, 2), d20 DECIMAL(20, 0),
  c CHAR(5), v VARCHAR(10), s STRING, p STRING, js STRING, dts STRING, bin BYTES, dt DATE, tm TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9),
  ltz0 TIMESTAMP_LTZ(0), ltz3 TIMESTAMP_LTZ(3), ltz9 TIMESTAMP_LTZ(9), ai ARRAY<INT>, sa ARRAY<STRING>, da ARRAY<DATE>, m MAP<STRING, INT>, r ROW<a INT, b STRING, c ROW<d DOUBLE, e ARRAY<INT>>>
) WITH ('connector' = 'filesystem', 'path' = 'data/columns.jsonl', 'format' = 'json');
SELECT id AS k,
  IS_ALPHA(i) AS e0,
  IS_ALPHA(d5) AS e1,
  IS_ALPHA(d) AS e2,
  IS_ALPHA(s) AS e3,
  IS_DIGIT(i) AS e4,
  IS_DIGIT(d5) AS e5,
  IS_DIGIT(d) AS e6,
  IS_DIGIT(s) AS e7,
  IS_DECIMAL(i) AS e8,
  IS_DECIMAL(d5) AS e9,
  IS_DECIMAL(d) AS e10,
  IS_DECIMAL(s) AS e11
FROM t;
