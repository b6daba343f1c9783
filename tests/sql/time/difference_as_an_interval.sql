-- How far two moments of one kind are apart: an interval, cut off to nothing.
CREATE TABLE t (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, d38 DECIMAL(38, 10), d5 DECIMAL(5, 2), d20 DECIMAL(20, 0),
  c CHAR(5), v VARCHAR(10), s STRING, p STRING, js STRING, dts STRING, bin BYTES, dt DATE, tm TIME, ts0 TIMESTAMP(0), ts3 TIMESTAMP(3), ts6 TIMESTAMP(6), ts9 TIMESTAMP(9),
  ltz0 TIMESTAMP_LTZ(0), ltz3 TIMESTAMP_LTZ(3), ltz9 TIMESTAMP_LTZ(9), ai ARRAY<INT>, sa ARRAY<STRING>, da ARRAY<DATE>, m MAP<STRING, INT>, r ROW<a INT, b STRING, c ROW<d DOUBLE, e ARRAY<INT>>>
) WITH ('connector' = 'filesystem', 'path' = 'data/columns.jsonl', 'format' = 'json');
SELECT id AS k,
  (ts9 - ts0) DAY AS e0,
  (ts9 - ts0) SECOND AS e1,
  (ts3 - ts9) HOUR TO MINUTE AS e2,
  (ts0 - ts9) MONTH AS e3,
  (ts3 - ts9) DAY(3) TO SECOND(2) AS e4,
  (dt - DATE '2024-02-29') DAY AS e5,
  (dt - DATE '2024-02-29') YEAR TO MONTH AS e6,
  (DATE '2024-03-31' - dt) MONTH AS e7,
  (ltz3 - ltz9) SECOND AS e8,
  (ltz9 - ltz3) YEAR AS e9,
  (tm - TIME '01:00:00') SECOND AS e10,
  CAST((ts9 - TIMESTAMP '2024-02-28 00:00:00') DAY TO SECOND AS STRING) AS e11,
  (ts3 - TIMESTAMP '2024-01-31 10:00:00.5') DAY > INTERVAL '1' DAY AS e12,
  ts3 + (ts9 - ts3) DAY AS e13,
  ((ts9 - ts3)) WEEK AS e14,
  (ts3 - ts9) QUARTER AS e15,
  (ts3 - ts0) HOUR * 2 AS e16,
  EXTRACT(DAY FROM (TIMESTAMP '2024-03-31 00:00:00' - ts3) DAY TO SECOND) AS e17,
  ts3 - (ts9 - TIMESTAMP '2020-01-01 00:00:00') MONTH AS e18
FROM t;
