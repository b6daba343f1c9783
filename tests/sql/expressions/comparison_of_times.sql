-- Dates, times and timestamps compare with each other and with literals.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, dt > DATE '2000-01-01' AS a, tm < TIME '12:00:00' AS b, ts3 >= TIMESTAMP '1970-01-01 00:00:00' AS c, ts3 = ts9 AS d FROM types;
