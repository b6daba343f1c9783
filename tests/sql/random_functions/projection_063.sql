-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REGEXP_EXTRACT_ALL('', '([a-z])', 1)) AS e0, (FLOOR(0.5)) AS e1, (CARDINALITY((MAP['a', i, 'b', 100]))) AS e2, (ENDSWITH((CONCAT_WS('-', (BTRIM(s, 'H')), (CAST(ARRAY['a', s] AS STRING)))), (CAST((ARRAY_SORT(ARRAY['a', s], FALSE)) AS STRING)))) AS e3, (TANH((LOG2(ABS((COS(ti))) + 1E0)))) AS e4
FROM types;
