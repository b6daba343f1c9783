-- FLOOR and CEIL over columns of each width.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  FLOOR(ti) AS e0,
  FLOOR(si) AS e1,
  FLOOR(i) AS e2,
  FLOOR(bi) AS e3,
  FLOOR(f) AS e4,
  FLOOR(d) AS e5,
  FLOOR(`dec`) AS e6,
  CEIL(ti) AS e7,
  CEIL(si) AS e8,
  CEIL(i) AS e9,
  CEIL(bi) AS e10,
  CEIL(f) AS e11,
  CEIL(d) AS e12,
  CEIL(`dec`) AS e13
FROM types;
