-- JSON_ARRAYAGG of values of several types.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT JSON_ARRAYAGG(s) AS s, JSON_ARRAYAGG(b NULL ON NULL) AS b, JSON_ARRAYAGG(`dec`) AS d, JSON_ARRAYAGG(ARRAY[ti, 1]) AS a, JSON_ARRAYAGG(JSON_OBJECT(KEY 'x' VALUE i)) AS o, JSON_ARRAYAGG(ROW(id, s)) AS r FROM types;
