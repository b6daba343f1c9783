-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (LOG2(ABS((COS((- id)))) + 1E0)) AS e0, DATE '1969-12-31' AS e1, (SPLIT(c, 'l')) AS e2, (FLOOR((FLOOR((FLOOR(TIMESTAMP '1999-12-31 23:59:59.500' TO DAY)) TO MONTH)) TO MONTH)) AS e3
FROM types;
