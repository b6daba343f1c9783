-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, dt AS e0, (ARRAY[(JSON_OBJECT('k' VALUE s, 'v' VALUE ti)), (CAST(ARRAY[s, c] AS STRING))]) AS e1, (EXTRACT(DECADE FROM dt)) AS e2, (ARRAY_SLICE(ARRAY[id, i], 1, 2)) AS e3, (SHA256(s)) AS e4
FROM types
WHERE ((CARDINALITY(ARRAY['a', s])) BETWEEN (MINUTE(ts3)) AND (si + si));
