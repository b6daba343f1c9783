-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (SIGN((CHAR_LENGTH(c)))) AS e0, (CAST((NULLIF(si, i)) AS STRING)) AS e1, (ROUND(`dec`, 1)) AS e2, ((ts3 + INTERVAL '1' MONTH) + INTERVAL '1' MONTH) AS e3, (COALESCE(ts3, ts3)) AS e4, (CAST(TIMESTAMP '2024-02-29 12:00:00' AS STRING)) AS e5
FROM types;
