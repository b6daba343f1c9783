-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((BTRIM(c, 'H')) <> (ELT(2, c, s))) AS e0, ((CAST(`dec` AS STRING)) IS NOT NULL) AS e1, (TRUNCATE((ABS((CEIL(`dec`)))), 1)) AS e2
FROM types
WHERE b;
