-- Lengths count characters; SUBSTRING from 1, from behind, past the end.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CHAR_LENGTH(s) AS n, CHARACTER_LENGTH(s) AS n2, SUBSTRING(s FROM 2) AS a, SUBSTRING(s FROM 2 FOR 3) AS b, SUBSTRING(s, 0, 2) AS z, SUBSTRING(s, -3) AS c, SUBSTR(s, 3, 100) AS d, LEFT(s, 2) AS l, RIGHT(s, 2) AS r FROM types;
