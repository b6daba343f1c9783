-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CONCAT_WS('-', (CAST((ROUND(-2.750, 1)) AS STRING)), ((CAST(b AS STRING)) || (LEFT('Hello', 2))))) AS e0, (c IS NOT NULL) AS e1, (si - id) AS e2, si AS e3
FROM types;
