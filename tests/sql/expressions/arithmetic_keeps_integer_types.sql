-- Integer arithmetic keeps the wider operand's type and truncates towards zero.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, i + ti AS a, i - si AS s, bi * ti AS m, i / 7 AS q, -7 / 2 AS n, MOD(i, 7) AS r, i % 5 AS p, -i AS neg FROM types;
