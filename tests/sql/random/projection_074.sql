-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (SQRT(ABS(d))) AS e0, ((CHAR_LENGTH(c)) / NULLIF((POSITION('' IN s)), 0)) AS e1, (CAST(id AS SMALLINT)) AS e2, (CASE WHEN b THEN (- ti) ELSE (GREATEST(0, id)) END) AS e3, (CASE WHEN ((ti * bi) = ti) THEN (FLOOR((CAST(DATE '1969-12-31' AS TIMESTAMP(3))) TO DAY)) ELSE ((CAST(dt AS TIMESTAMP(3))) + INTERVAL '1' MONTH) END) AS e4, `dec` AS e5
FROM types
WHERE ((MINUTE(ts3)) < (`dec` + `dec`));
