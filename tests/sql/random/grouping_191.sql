-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(ti AS BIGINT)) AS k, MAX((COALESCE(DATE '1969-12-31', DATE '2024-02-29'))) AS a0, MAX((ts3 + INTERVAL '1' MONTH)) AS a1
FROM types
GROUP BY (CAST(ti AS BIGINT));
