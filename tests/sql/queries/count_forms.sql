-- COUNT(1), COUNT(*), COUNT of an expression.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT COUNT(1) AS a, COUNT(*) AS b, COUNT(i + 1) AS c, COUNT(CASE WHEN i > 0 THEN 1 END) AS d, SUM(CASE WHEN b THEN 1 ELSE 0 END) AS e FROM types;
