-- CASE in both forms; the result type is the common one; no ELSE is NULL.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CASE WHEN i > 0 THEN 'plus' WHEN i < 0 THEN 'minus' ELSE 'none' END AS sign,
  CASE id WHEN 1 THEN 10 WHEN 2 THEN 2.5 END AS num, CASE WHEN s IS NULL THEN NULL ELSE CHAR_LENGTH(s) END AS len FROM types;
