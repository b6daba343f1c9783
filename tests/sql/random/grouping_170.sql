-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT (c IS DISTINCT FROM s) AS k, SUM((MOD(si, NULLIF(id, 0)))) AS a0, COUNT((CAST(i AS BIGINT))) AS a1, MAX((ts3 - INTERVAL '90' MINUTE)) AS a2, MAX((CASE WHEN b THEN dt END)) AS a3
FROM types
WHERE FALSE
GROUP BY (c IS DISTINCT FROM s);
