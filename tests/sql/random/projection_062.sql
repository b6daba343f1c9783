-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((CAST(2 AS DECIMAL(20, 4))) - ti) AS e0, (d >= 0.5E0) AS e1, (REGEXP_EXTRACT(c, '([A-Za-z]+)', 1)) AS e2, (CONCAT_WS('-', c, (DATE_FORMAT((FLOOR(TIMESTAMP '1999-12-31 23:59:59.500' TO DAY)), 'yyyy-MM-dd HH:mm')))) AS e3, ((ts3 + INTERVAL '1' MONTH) + INTERVAL '1' DAY) AS e4, (CASE WHEN (TIMESTAMP '1999-12-31 23:59:59.500' <= TIMESTAMP '1999-12-31 23:59:59.500') THEN (CASE WHEN b THEN DATE '2024-02-29' END) END) AS e5
FROM types
WHERE b;
