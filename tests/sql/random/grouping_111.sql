-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (d >= d) AS k, SUM((`dec` - i)) AS a0, AVG((id / NULLIF(si, 0))) AS a1, MIN((INITCAP(c))) AS a2, MAX((ts3 + INTERVAL '1' DAY)) AS a3
FROM types
WHERE (id IS NULL)
GROUP BY (d >= d);
