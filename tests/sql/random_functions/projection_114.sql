-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(i AS DECIMAL(20, 4))) AS e0, (c <> (RPAD(c, 4, '-'))) AS e1, ARRAY[s, c] AS e2, (SHA1(s)) AS e3, (MAP_VALUES(MAP['a', i, 'b', id])) AS e4
FROM types
WHERE (REGEXP((IFNULL('a', 'none')), '[0-9]'));
