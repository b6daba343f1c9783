-- Common types of CASE, COALESCE, NULLIF, GREATEST.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
CREATE VIEW v AS SELECT CASE WHEN b THEN 1 ELSE 2.5 END AS c1, CASE WHEN b THEN ti WHEN NOT b THEN bi END AS c2, CASE WHEN b THEN 'a' ELSE 'bcd' END AS c3, COALESCE(i, bi) AS co, COALESCE(i, 0) AS co0, NULLIF(s, '') AS nu, GREATEST(i, 1) AS g, IF(b, 1, 2) AS f, IFNULL(dt, DATE '2024-01-01') AS i FROM types;
DESCRIBE v;
