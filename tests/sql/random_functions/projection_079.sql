-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, d AS e0, (TO_BASE64((JSON_OBJECT('k' VALUE c, 'v' VALUE (CAST(si AS BIGINT)))))) AS e1, (MAP_UNION((MAP['a', si, 'b', ti]), MAP['a', 1])) AS e2, (d * si) AS e3
FROM types
WHERE (ENDSWITH((PRINTF('%s:%s', 'a', c)), (JSON_STRING(s))));
