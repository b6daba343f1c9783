-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((COALESCE(s, c)) || (COALESCE(s, s))) AS e0, (CAST(si AS DECIMAL(20, 4))) AS e1, (d - `dec`) AS e2, (SUBSTRING((DATE_FORMAT((TIMESTAMP '1999-12-31 23:59:59.500' - INTERVAL '90' MINUTE), 'yyyy-MM-dd HH:mm')), 2)) AS e3, (0.5 - id) AS e4, (c < (INITCAP((CASE WHEN b THEN c ELSE c END)))) AS e5
FROM types
WHERE (DATE '1969-12-31' > (CAST(TIMESTAMP '2024-02-29 12:00:00' AS DATE)));
