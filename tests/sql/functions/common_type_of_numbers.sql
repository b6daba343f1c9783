-- The common types of COALESCE and its kin are not those of CASE.
CREATE TABLE t (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, d38 DECIMAL(38, 10), d5 DECIMAL(5, 2), d20 DECIMAL(20, 0),
  c CHAR(5), v VARCHAR(10), s STRING, p STRING, js STRING, dts STRING, bin BYTES, dt DATE, tm TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9),
  ltz0 TIMESTAMP_LTZ(0), ltz3 TIMESTAMP_LTZ(3), ltz9 TIMESTAMP_LTZ(9), ai ARRAY<INT>, sa ARRAY<STRING>, da ARRAY<DATE>, m MAP<STRING, INT>, r ROW<a INT, b STRING, c ROW<d DOUBLE, e ARRAY<INT>>>
) WITH ('connector' = 'filesystem', 'path' = 'data/columns.jsonl', 'format' = 'json');
SELECT id AS k,
  TYPEOF(IFNULL(f, d)) AS e0,
  TYPEOF(IFNULL(d, f)) AS e1,
  TYPEOF(IFNULL(d5, f)) AS e2,
  TYPEOF(IFNULL(f, d5)) AS e3,
  TYPEOF(IFNULL(bi, f)) AS e4,
  TYPEOF(COALESCE(f, d)) AS e5,
  TYPEOF(COALESCE(d, f)) AS e6,
  TYPEOF(COALESCE(d5, f)) AS e7,
  TYPEOF(COALESCE(f, d5)) AS e8,
  TYPEOF(COALESCE(bi, f)) AS e9,
  IFNULL(f, d) AS e15,
  GREATEST(d, f) AS e16,
  TYPEOF(CASE WHEN b THEN f ELSE d END) AS e17
FROM t;
