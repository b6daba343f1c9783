-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, `dec` AS e0, (INITCAP((DATE_FORMAT(TIMESTAMP '2024-02-29 12:00:00', 'yyyy-MM-dd HH:mm')))) AS e1, (TRIM((REGEXP_EXTRACT((INITCAP('a')), '([A-Za-z]+)', 1)))) AS e2, (CASE WHEN b THEN DATE '2024-02-29' END) AS e3
FROM types;
