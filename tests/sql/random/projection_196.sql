-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ((LPAD((SUBSTRING(c, 2)), 6, '*')) LIKE '%a%') AS e0, ((CASE WHEN (c LIKE '%a%') THEN (DATE_FORMAT(TIMESTAMP '1999-12-31 23:59:59.500', 'yyyy-MM-dd HH:mm')) ELSE s END) LIKE '%a%') AS e1, ((COALESCE(ts3, ts3)) + INTERVAL '1' DAY) AS e2, -2.750 AS e3, (MINUTE((TIMESTAMP '1999-12-31 23:59:59.500' - INTERVAL '90' MINUTE))) AS e4
FROM types
WHERE ((DATE '2024-02-29' > dt) AND (b AND b));
