-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (REGEXP_EXTRACT_ALL((UPPER(RIGHT((ARRAY_JOIN(ARRAY['a', s], '|', '?')), 3))), '([a-z])', 1)) AS e0, ((LTRIM((TO_BASE64('')))) SIMILAR TO '%l%') AS e1, (DEGREES(d)) AS e2, (MAP['a', (HOUR(ts3)), 'b', ((- si) - (CAST(100 AS SMALLINT)))]) AS e3, (TANH((ATAN(-1.5E3)))) AS e4
FROM types;
