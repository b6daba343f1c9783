-- ARRAY_AGG over each type.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT ARRAY_AGG(b) AS b, ARRAY_AGG(ti) AS ti, ARRAY_AGG(bi) AS bi, ARRAY_AGG(d) AS d, ARRAY_AGG(`dec`) AS de, ARRAY_AGG(s) AS s, ARRAY_AGG(dt) AS dt, ARRAY_AGG(tm) AS tm, ARRAY_AGG(ts3) AS ts3, ARRAY_AGG(ltz) AS ltz FROM types;
