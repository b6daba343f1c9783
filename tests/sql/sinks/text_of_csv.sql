-- The CSV text that a sink writes: what is quoted.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (id INT, b BOOLEAN, d DOUBLE, `dec` DECIMAL(10, 3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv');
INSERT INTO o SELECT id, b, d, `dec`, s, dt, tm, ts3 FROM types;
INSERT INTO o VALUES (6, TRUE, 1E0, 1.5, 'comma, "quote"', DATE '2024-01-01', TIME '00:00:00', TIMESTAMP '2024-01-01 00:00:00'), (7, TRUE, 1E0, 1.5, 'x y;z', DATE '2024-01-01', TIME '00:00:00', TIMESTAMP '2024-01-01 00:00:00.100');
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
