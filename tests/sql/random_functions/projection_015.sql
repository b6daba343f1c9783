-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_UNION(ARRAY[1, i, 1], (ARRAY_SLICE(ARRAY[id, i], 1, 2)))) AS e0, (INSTR((HEX((SHA256(c)))), (URL_ENCODE((TRANSLATE(' x ', 'lo', '01')))))) AS e1, (ATAN(d)) AS e2, (SPLIT(c, 'l')) AS e3
FROM types
WHERE ((IFNULL(i, 0)) BETWEEN (NULLIF(7, id)) AND (ASCII('a')));
