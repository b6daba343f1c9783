-- MIN and MAX of texts, dates, timestamps, booleans.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT MIN(s) AS s0, MAX(s) AS s1, MIN(dt) AS d0, MAX(dt) AS d1, MIN(ts3) AS t0, MAX(ts3) AS t1, MIN(b) AS b0, MAX(b) AS b1, MAX(tm) AS tm1 FROM types;
