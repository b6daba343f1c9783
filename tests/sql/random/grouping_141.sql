-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (CAST(`dec` AS INT)) AS k, SUM((CAST(7 AS DECIMAL(20, 4)))) AS a0, COUNT(DISTINCT (LPAD('Hello', 6, '*'))) AS a1, COUNT((POSITION('Hello' IN s))) AS a2, COUNT(*) FILTER (WHERE (id = 2)) AS a3
FROM types
WHERE (s <> 'Hello')
GROUP BY (CAST(`dec` AS INT));
