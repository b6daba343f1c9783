-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (SHA256(c)) AS e0, (SPLIT((OVERLAY((CASE WHEN b THEN 'Hello' ELSE c END) PLACING 'a' FROM 2)), 'l')) AS e1, (MAP['a', 0, 'b', (CARDINALITY(MAP['a', i, 'b', id]))]) AS e2, (TANH((TANH((DEGREES(-1.5E3)))))) AS e3, (COALESCE('a', c)) AS e4, (ARRAY[(JSON_VALUE(JSON_OBJECT('a' VALUE si), '$.a')), (BIN(bi))]) AS e5
FROM types;
