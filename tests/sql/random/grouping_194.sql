-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (bi IS NULL) AS k, MIN((CAST(id AS SMALLINT))) AS a0, SUM((`dec` - id)) AS a1, SUM((CAST(si AS SMALLINT))) AS a2, AVG((TRUNCATE(`dec`, 1))) AS a3
FROM types
GROUP BY (bi IS NULL);
