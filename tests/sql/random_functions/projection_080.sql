-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(((100.0 + `dec`) / NULLIF((CASE WHEN TRUE THEN `dec` ELSE `dec` END), 0)) AS DOUBLE)) AS e0, ARRAY[s, c] AS e1, (`dec` - id) AS e2, (CAST(ts3 AS DATE)) AS e3
FROM types
WHERE (ENDSWITH((ARRAY_JOIN(ARRAY['a', s], '|', '?')), (REGEXP_SUBSTR('여울', '[a-z]+'))));
