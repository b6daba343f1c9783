-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(`dec` AS INT)) AS k, COUNT(DISTINCT c) AS a0, COUNT((SPLIT_INDEX('Hello', ',', 0))) AS a1, COUNT((EXTRACT(MONTH FROM DATE '2024-02-29'))) AS a2, SUM((TIMESTAMPDIFF(DAY, ts3, ts3))) AS a3
FROM types
WHERE (ti < `dec`)
GROUP BY (CAST(`dec` AS INT));
