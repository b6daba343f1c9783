-- CSV texts of many kinds, quoted where Flink quotes them.
SET 'table.dml-sync' = 'true';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE TABLE o (s STRING)
WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'csv');
INSERT INTO o VALUES ('abcdefghijklmnopqrstuvwxyz'), ('abc def'), (' abc'), ('+'), ('-1'), ('a"b'), ('tab	here'), ('éé'), ('a;b'), ('123456789012345678901234'), ('1234567890123456789012345'), ('#c'), (''), ('x#y');
CREATE TABLE text_of_o (line STRING) WITH ('connector' = 'filesystem', 'path' = 'out/o', 'format' = 'raw');
SELECT * FROM text_of_o;
