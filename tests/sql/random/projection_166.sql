-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CASE WHEN (b IS TRUE) THEN (CAST(ts3 AS DATE)) END) AS e0, (CAST(100.0 AS DOUBLE)) AS e1, dt AS e2, (SPLIT_INDEX((CONCAT(s, c)), ',', 0)) AS e3, b AS e4, (LOWER((LPAD((REGEXP_EXTRACT(c, '([A-Za-z]+)', 1)), 6, '*')))) AS e5
FROM types
WHERE ((ts3 + INTERVAL '1' MONTH) <= (TIMESTAMP '2024-02-29 12:00:00' + INTERVAL '1' MONTH));
