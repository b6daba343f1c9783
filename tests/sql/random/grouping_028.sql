-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (EXTRACT(MONTH FROM dt)) AS k, SUM(`dec`) AS a0, COUNT(si) AS a1, COUNT(*) FILTER (WHERE (ts3 <= ts3)) AS a2
FROM types
WHERE (s < s)
GROUP BY (EXTRACT(MONTH FROM dt));
