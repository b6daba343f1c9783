-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_APPEND((ARRAY_APPEND(ARRAY[1, i, 1], 7)), 7)) AS e0, ((`dec` / NULLIF(`dec`, 0)) + `dec`) AS e1, (ARRAY_REVERSE(ARRAY[id, i])) AS e2, i AS e3
FROM types;
