-- Numbers as text.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CAST(ti AS STRING) AS ti, CAST(i AS STRING) AS i, CAST(bi AS STRING) AS bi, CAST(f AS STRING) AS f, CAST(d AS STRING) AS d, CAST(`dec` AS STRING) AS de FROM types;
