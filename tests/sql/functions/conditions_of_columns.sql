-- IFNULL, NULLIF, IF, COALESCE, GREATEST over columns.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  IFNULL(i, 7) AS e0,
  IFNULL(s, c) AS e1,
  NULLIF(id, 1) AS e2,
  IF(b, s, c) AS e3,
  IF(i > 0, bi, i) AS e4,
  COALESCE(dt, DATE '2000-01-01') AS e5,
  GREATEST(i, id, 3) AS e6,
  LEAST(d, 1E0) AS e7,
  GREATEST(s, c) AS e8,
  LEAST(dt, DATE '2020-01-01') AS e9,
  CASE id WHEN 1 THEN s WHEN 2 THEN c END AS e10,
  GREATEST(ts3, ts3) AS e11,
  IFNULL(`dec`, 0) AS e12
FROM types;
