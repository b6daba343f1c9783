-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (SPLIT_INDEX(' x ', ',', 0)) AS k, COUNT(DISTINCT (CAST(bi AS STRING))) AS a0, SUM((POSITION('Hello' IN s))) AS a1, COUNT(s) AS a2, MAX((`dec` + 0.5)) AS a3
FROM types
WHERE (dt > dt)
GROUP BY (SPLIT_INDEX(' x ', ',', 0));
