-- Precision and scale of decimal results.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, `dec` + 1 AS a, `dec` * 2 AS b, `dec` * `dec` AS c, `dec` / 3 AS d, `dec` - 0.5 AS e, 0.908 * bi AS f, MOD(`dec`, 2) AS g FROM types;
