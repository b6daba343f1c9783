-- Doubles of columns are rounded by their shortest digits, as 2.675 is written.
CREATE TABLE t (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, d38 DECIMAL(38, 10), d5 DECIMAL(5, 2), d20 DECIMAL(20, 0),
  c CHAR(5), v VARCHAR(10), s STRING, p STRING, js STRING, dts STRING, bin BYTES, dt DATE, tm TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9),
  ltz0 TIMESTAMP_LTZ(0), ltz3 TIMESTAMP_LTZ(3), ltz9 TIMESTAMP_LTZ(9), ai ARRAY<INT>, sa ARRAY<STRING>, da ARRAY<DATE>, m MAP<STRING, INT>, r ROW<a INT, b STRING, c ROW<d DOUBLE, e ARRAY<INT>>>
) WITH ('connector' = 'filesystem', 'path' = 'data/columns.jsonl', 'format' = 'json');
SELECT id AS k, CAST(id + 1.675E0 AS DECIMAL(10, 2)) AS a, CAST(id * 1.0005E0 AS DECIMAL(10, 3)) AS b, CAST(CAST(id + 0.005 AS DOUBLE) AS DECIMAL(5, 2)) AS c, CAST(1.0005E0 AS DECIMAL(10, 3)) AS lit, CAST(0.1E0 AS DECIMAL(38, 18)) AS lit2, 0.1E0 + 0.2E0 AS s FROM t;
