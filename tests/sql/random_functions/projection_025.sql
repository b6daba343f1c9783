-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, `dec` AS e0, ARRAY[s, c] AS e1, (COALESCE((CEIL(TIMESTAMP '2024-02-29 12:00:00' TO YEAR)), ts3)) AS e2
FROM types
WHERE (JSON_EXISTS(JSON_ARRAY((GREATEST(si, i))), '$[0]'));
