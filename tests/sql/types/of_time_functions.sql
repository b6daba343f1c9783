-- Result types of time functions.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE VIEW v AS SELECT ts3 + INTERVAL '1' DAY AS a, dt + INTERVAL '1' DAY AS b, EXTRACT(YEAR FROM ts3) AS y, FLOOR(ts9 TO HOUR) AS fl, TIMESTAMPDIFF(SECOND, ts3, ts9) AS td, TO_TIMESTAMP(s) AS tt, TO_DATE(s) AS d, TO_TIMESTAMP_LTZ(bi, 3) AS ltz, DATE_FORMAT(ts3, 'yyyy') AS df, UNIX_TIMESTAMP(s) AS ut, CAST(ltz AS TIMESTAMP(3)) AS loc FROM types;
DESCRIBE v;
