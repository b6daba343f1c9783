-- WITH WRAPPER makes an array of the array that an indefinite path gives.
CREATE TABLE t (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, d38 DECIMAL(38, 10), d5 DECIMAL(5, 2), d20 DECIMAL(20, 0),
  c CHAR(5), v VARCHAR(10), s STRING, p STRING, js STRING, dts STRING, bin BYTES, dt DATE, tm TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9),
  ltz0 TIMESTAMP_LTZ(0), ltz3 TIMESTAMP_LTZ(3), ltz9 TIMESTAMP_LTZ(9), ai ARRAY<INT>, sa ARRAY<STRING>, da ARRAY<DATE>, m MAP<STRING, INT>, r ROW<a INT, b STRING, c ROW<d DOUBLE, e ARRAY<INT>>>
) WITH ('connector' = 'filesystem', 'path' = 'data/columns.jsonl', 'format' = 'json');
SELECT id AS k,
  JSON_QUERY(js, 'lax $.b[*]' WITH WRAPPER) AS e0,
  JSON_QUERY(js, 'lax $.b[*]' WITH CONDITIONAL WRAPPER) AS e1,
  JSON_QUERY(js, 'lax $.b[*]' WITHOUT WRAPPER) AS e2,
  JSON_QUERY(js, 'strict $.b[*]' WITH WRAPPER) AS e3,
  JSON_QUERY(js, 'strict $.b[*]' WITH CONDITIONAL WRAPPER) AS e4,
  JSON_QUERY(js, 'strict $.b[*]' WITHOUT WRAPPER) AS e5,
  JSON_QUERY(js, '$..a' WITH WRAPPER) AS e6,
  JSON_QUERY(js, '$..a' WITH CONDITIONAL WRAPPER) AS e7,
  JSON_QUERY(js, '$..a' WITHOUT WRAPPER) AS e8,
  JSON_QUERY(js, '$[*].a' WITH WRAPPER) AS e9,
  JSON_QUERY(js, '$[*].a' WITH CONDITIONAL WRAPPER) AS e10,
  JSON_QUERY(js, '$[*].a' WITHOUT WRAPPER) AS e11,
  JSON_QUERY(js, 'lax $.z[*]' WITH WRAPPER) AS e12,
  JSON_QUERY(js, 'lax $.z[*]' WITH CONDITIONAL WRAPPER) AS e13,
  JSON_QUERY(js, 'lax $.z[*]' WITHOUT WRAPPER) AS e14
FROM t;
