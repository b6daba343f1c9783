-- TO_DATE with a pattern gives no NULL for what it cannot read, but a date far away; years before 1582 are Julian.
CREATE TABLE t (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, d38 DECIMAL(38, 10), d5 DECIMAL(5, 2), d20 DECIMAL(20, 0),
  c CHAR(5), v VARCHAR(10), s STRING, p STRING, js STRING, dts STRING, bin BYTES, dt DATE, tm TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9),
  ltz0 TIMESTAMP_LTZ(0), ltz3 TIMESTAMP_LTZ(3), ltz9 TIMESTAMP_LTZ(9), ai ARRAY<INT>, sa ARRAY<STRING>, da ARRAY<DATE>, m MAP<STRING, INT>, r ROW<a INT, b STRING, c ROW<d DOUBLE, e ARRAY<INT>>>
) WITH ('connector' = 'filesystem', 'path' = 'data/columns.jsonl', 'format' = 'json');
SELECT id AS k,
  TO_DATE(s, 'yyyy-MM-dd') AS e0,
  TO_DATE(dts, 'yyyy') AS e1,
  TO_DATE(dts, 'yyyy-MM-dd') AS e2,
  TO_DATE(dts, 'yyyy') < dt AS e4,
  TO_DATE(s) AS e5
FROM t;
