-- Functions of moments over columns.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id AS k,
  EXTRACT(EPOCH FROM ts3) AS e0,
  EXTRACT(NANOSECOND FROM ts9) AS e1,
  EXTRACT(MILLISECOND FROM ltz) AS e2,
  EXTRACT(DECADE FROM dt) AS e3,
  FLOOR(ts9 TO SECOND) AS e4,
  CEIL(ts3 TO MONTH) AS e5,
  QUARTER(ts9) AS e6,
  DATE_FORMAT(ltz, 'yyyy-MM-dd HH:mm:ss.SSS') AS e7,
  DATE_FORMAT(ts9, 'SSSSSSSSS') AS e8,
  TIMESTAMPDIFF(HOUR, ts3, ts9) AS e9,
  TIMESTAMPDIFF(DAY, dt, ts3) AS e10,
  FROM_UNIXTIME(bi / 1000000000) AS e11,
  TO_TIMESTAMP_LTZ(i, 0) AS e12,
  UNIX_TIMESTAMP(DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm:ss')) AS e13,
  EXTRACT(HOUR FROM tm) AS e14,
  CAST(ts3 AS TIME) AS e15,
  QUARTER(dt) AS e16,
  WEEK(ts3) AS e17
FROM types;
