-- || and CONCAT give NULL with NULL; CONCAT_WS skips it.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, s || '!' AS a, CONCAT(s, '-', c) AS b, CONCAT_WS(',', s, CAST(NULL AS STRING), c) AS d, 'a' || 'b' || 'c' AS e FROM types;
