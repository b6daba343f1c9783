-- Bytes are cut to a length; those of a BINARY are filled with zeros.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CAST(bin AS BINARY(2)) AS e0, CAST(bin AS BINARY(8)) AS e1, CAST(bin AS VARBINARY(2)) AS e2, TRY_CAST(bin AS BINARY(2)) AS e3, CAST(s AS BINARY(2)) AS e4, CAST(s AS BINARY(8)) AS e5, CAST(s AS VARBINARY(2)) AS e6 FROM types;
