-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ARRAY['a', s] AS e0, (MAP_UNION((MAP_UNION(MAP['a', id], MAP['a', 1])), MAP['a', 1])) AS e1, (b IS TRUE) AS e2, (MAP_UNION((MAP['a', (i - bi), 'b', (QUARTER(TIMESTAMP '2024-02-29 12:00:00'))]), MAP['a', 1])) AS e3, (DATE '2024-02-29' + INTERVAL '3' DAY) AS e4, (REGEXP_INSTR(c, 'l')) AS e5
FROM types;
