-- CHAR(n) columns and casts.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, c, c || '|' AS bar, CHAR_LENGTH(c) AS n, c = 'zz' AS eq, CAST(s AS CHAR(4)) AS c4, CAST(s AS VARCHAR(3)) AS v3 FROM types;
