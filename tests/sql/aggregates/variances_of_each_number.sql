-- Variances over each type of number: the result has the type of AVG.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT VAR_POP(ti) AS a, VAR_SAMP(si) AS b, STDDEV_POP(ti) AS c, STDDEV_SAMP(si) AS d, VAR_POP(d) FILTER (WHERE id > 3) AS e, STDDEV_SAMP(d) FILTER (WHERE id > 3) AS f, VAR_POP(`dec`) AS g, STDDEV_POP(`dec`) AS h FROM types;
