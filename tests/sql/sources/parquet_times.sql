-- Times through a Parquet file and back.
SET 'table.dml-sync' = 'true';
CREATE TABLE o (n INT, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'parquet');
INSERT INTO o VALUES
  (1, TIMESTAMP '2024-01-02 03:04:05.678', TIMESTAMP '2024-01-02 03:04:05.678901234'),
  (2, TIMESTAMP '1970-01-01 00:00:00.001', TIMESTAMP '2200-01-02 03:04:05.000000001'),
  (3, CAST(NULL AS TIMESTAMP(3)), CAST(NULL AS TIMESTAMP(9)));
SELECT * FROM o;
