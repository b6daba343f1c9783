-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (MOD((NULLIF((NULLIF(ti, id)), (TIMESTAMPDIFF(DAY, ts3, TIMESTAMP '1999-12-31 23:59:59.500')))), NULLIF((SIGN((CAST(ti AS BIGINT)))), 0))) AS e0, s AS e1, ((COALESCE(ts3, ts3)) + INTERVAL '1' DAY) AS e2, (CAST((1.25 * `dec`) AS INT)) AS e3, (ti IN (1, 2, 3)) AS e4
FROM types
WHERE b;
