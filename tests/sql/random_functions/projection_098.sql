-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR((TO_DATE(DATE_FORMAT(ts3, 'yyyy-MM-dd'))) TO YEAR)) AS e0, dt AS e1, d AS e2, ARRAY['a', s] AS e3, (ti IN (1, 2, 3)) AS e4
FROM types
WHERE (JSON_EXISTS(JSON_ARRAY((TIMESTAMPDIFF(SECOND, ts3, ts3))), '$[0]'));
