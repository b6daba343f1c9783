-- TYPEOF of columns and constants.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  TYPEOF(i) AS e0,
  TYPEOF(s) AS e1,
  TYPEOF(`dec`) AS e2,
  TYPEOF(i + bi) AS e3,
  TYPEOF('x') AS e4,
  TYPEOF(1) AS e5,
  TYPEOF(1.25) AS e6,
  TYPEOF(ARRAY[1, i]) AS e7,
  TYPEOF(MAP['a', i]) AS e8,
  TYPEOF(ROW(1, s)) AS e9,
  TYPEOF(ltz) AS e10,
  TYPEOF(TRUE) AS e11,
  TYPEOF(dt) AS e12,
  TYPEOF(INTERVAL '1' DAY) AS e13,
  TYPEOF(INTERVAL '1' MONTH) AS e14,
  TYPEOF(s, TRUE) AS e15,
  TYPEOF(bin) AS e16,
  TYPEOF(tm) AS e17,
  TYPEOF(ts9) AS e18,
  TYPEOF(c) AS e19
FROM types;
