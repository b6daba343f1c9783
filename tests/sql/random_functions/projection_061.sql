-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, d AS e0, (MAP['a', si, 'b', 2147483647]) AS e1, (CASE WHEN (IS_ALPHA(s)) THEN (ABS(`dec`)) ELSE (100.0 + `dec`) END) AS e2
FROM types
WHERE ((TO_TIMESTAMP(DATE_FORMAT(TIMESTAMP '1999-12-31 23:59:59.500', 'yyyy-MM-dd HH:mm:ss'))) <= (COALESCE(ts3, ts3)));
