-- ABS and SIGN over columns of each width.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  ABS(ti) AS e0,
  ABS(si) AS e1,
  ABS(i) AS e2,
  ABS(bi) AS e3,
  ABS(f) AS e4,
  ABS(d) AS e5,
  ABS(`dec`) AS e6,
  SIGN(i) AS e7,
  SIGN(bi) AS e8,
  SIGN(f) AS e9,
  SIGN(d) AS e10,
  SIGN(`dec`) AS e11
FROM types;
