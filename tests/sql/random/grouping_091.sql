-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (2147483647 * 0) AS k, SUM(si) AS a0, COUNT((SPLIT_INDEX('', ',', 0))) AS a1, AVG((1.25 - ti)) AS a2, COUNT((UPPER(c))) AS a3
FROM types
WHERE (c < s)
GROUP BY (2147483647 * 0);
