-- Result types of string functions.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE VIEW v AS SELECT UPPER(c) AS u, c || s AS cat, 'a' || 'bc' AS lit, SUBSTRING(s, 1, 2) AS sub, CHAR_LENGTH(s) AS len, CONCAT(s, c) AS con, TRIM(c) AS t, s LIKE 'a%' AS l, POSITION('a' IN s) AS p, CAST(i AS STRING) AS cs, MD5(s) AS m, SPLIT_INDEX(s, ',', 0) AS sp FROM types;
DESCRIBE v;
