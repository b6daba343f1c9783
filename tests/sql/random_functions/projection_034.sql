-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CEIL(TIMESTAMP '1999-12-31 23:59:59.500' TO DAY)) AS e0, (CAST(ts3 AS DATE)) AS e1, ((LTRIM(c)) IS JSON) AS e2
FROM types
WHERE (IS_ALPHA((LOWER(c))));
