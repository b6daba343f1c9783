-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, ti AS e0, (((CASE WHEN FALSE THEN TIMESTAMP '2024-02-29 12:00:00' ELSE ts3 END) + INTERVAL '1' DAY) + INTERVAL '1' DAY) AS e1, (CHAR_LENGTH(s)) AS e2, ((REVERSE('')) IS NOT NULL) AS e3, (d - -2.750) AS e4
FROM types
WHERE ((CASE WHEN b THEN c ELSE c END) IS DISTINCT FROM (LOWER(c)));
