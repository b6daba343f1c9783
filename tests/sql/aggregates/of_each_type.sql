-- COUNT, SUM, AVG, MIN, MAX by type, NULLs left out.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT COUNT(*) AS n, COUNT(i) AS ci, SUM(ti) AS sti, SUM(si) AS ssi, SUM(i) AS si, SUM(`dec`) AS sd, AVG(ti) AS ati, AVG(i) AS ai, AVG(`dec`) AS ad, MIN(i) AS mi, MAX(bi) AS mb FROM types;
