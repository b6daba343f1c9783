-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CONCAT_WS('-', (LOWER((INITCAP(s)))), (CAST((COALESCE(dt, DATE '2024-02-29')) AS STRING)))) AS e0, (LEFT('여울', 2)) AS e1, (FLOOR(ts3 TO DAY)) AS e2, (INITCAP('Hello')) AS e3, (CAST(((COALESCE(ts3, ts3)) - INTERVAL '90' MINUTE) AS DATE)) AS e4, ((REGEXP_EXTRACT(s, '([A-Za-z]+)', 1)) <> (SUBSTRING(c, 1, 3))) AS e5
FROM types;
