-- FLOOR and CEIL of timestamps TO a unit.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, FLOOR(ts3 TO HOUR) AS h, FLOOR(ts3 TO DAY) AS d, FLOOR(ts3 TO MONTH) AS m, CEIL(ts3 TO MINUTE) AS cm, FLOOR(dt TO YEAR) AS y FROM types WHERE id IN (1, 2, 5);
