-- Result types of arithmetic.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE VIEW v AS SELECT ti + ti AS ti_ti, ti + si AS ti_si, i + bi AS i_bi, i + f AS i_f, f + d AS f_d, i / 2 AS i_2, i / 2.0 AS i_20, `dec` + i AS dec_i, `dec` * `dec` AS dec_dec, `dec` / 3 AS dec_3, `dec` + d AS dec_d, MOD(bi, 7) AS m, -ti AS neg, i * 1.5E0 AS dbl FROM types;
DESCRIBE v;
