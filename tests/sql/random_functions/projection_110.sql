-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COSH(SIN((LOG2(ABS((FLOOR(d))) + 1E0))))) AS e0, b AS e1, (CASE WHEN ((JSON_EXISTS(JSON_ARRAY(si), '$[0]')) OR (IS_ALPHA(s))) THEN (CAST((TO_TIMESTAMP(DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm:ss'))) AS DATE)) END) AS e2
FROM types
WHERE (c IS JSON);
