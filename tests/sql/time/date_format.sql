-- DATE_FORMAT with Java's patterns.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, DATE_FORMAT(ts3, 'yyyy-MM-dd') AS d, DATE_FORMAT(ts3, 'HH:mm:ss.SSS') AS t, DATE_FORMAT(ts3, 'yyyyMMdd''T''HH') AS h, DATE_FORMAT('2024-02-29 01:02:03', 'dd/MM/yy') AS s FROM types;
