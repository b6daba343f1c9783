-- EXTRACT and its short forms.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, EXTRACT(YEAR FROM ts3) AS y, EXTRACT(QUARTER FROM ts3) AS q, MONTH(dt) AS m, DAYOFMONTH(dt) AS d, HOUR(ts3) AS h, MINUTE(ts3) AS mi, SECOND(ts3) AS s, DAYOFWEEK(dt) AS dw, DAYOFYEAR(dt) AS dy, WEEK(dt) AS w FROM types;
