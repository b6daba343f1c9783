-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (EXTRACT(EPOCH FROM ts3)) AS e0, (FLOOR((FLOOR(`dec`)))) AS e1, (FLOOR(dt TO YEAR)) AS e2, (((LOG2(ABS(d) + 1E0)) * (ARRAY_POSITION(ARRAY[1, i, 1], 1))) / NULLIF((ATAN((LOG2(ABS(d) + 1E0)))), 0E0)) AS e3
FROM types
WHERE ((JSON_VALUE(JSON_OBJECT('a' VALUE id), '$.a')) IS JSON);
