-- COALESCE, NULLIF, IF, IFNULL, GREATEST, LEAST.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, COALESCE(i, si, -1) AS c, NULLIF(i, 3) AS n, IF(b, 'yes', 'no') AS y, IFNULL(s, 'none') AS e, GREATEST(i, 5) AS g, LEAST(i, 5) AS l FROM types;
