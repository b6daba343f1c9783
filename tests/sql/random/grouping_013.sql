-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(bi AS BIGINT)) AS k, COUNT(*) FILTER (WHERE (s LIKE '%a%')) AS a0, COUNT(*) FILTER (WHERE (id < 0.5)) AS a1, COUNT((1 * -3)) AS a2, AVG((COALESCE(`dec`, `dec`))) AS a3
FROM types
GROUP BY (CAST(bi AS BIGINT));
