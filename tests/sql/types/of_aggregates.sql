-- Result types of aggregates.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE VIEW v AS SELECT COUNT(*) AS n, SUM(ti) AS sti, SUM(i) AS si, SUM(bi) AS sbi, SUM(f) AS sf, SUM(`dec`) AS sdec, AVG(ti) AS ati, AVG(i) AS ai, AVG(f) AS af, AVG(`dec`) AS adec, MIN(s) AS ms, MAX(c) AS mc FROM types;
DESCRIBE v;
