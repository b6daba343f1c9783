-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (COALESCE(dt, dt)) AS e0, b AS e1, (ts3 + INTERVAL '1' DAY) AS e2, ((CASE WHEN b THEN dt END) > (CAST(ts3 AS DATE))) AS e3, (((0.5E0 / NULLIF(d, 0E0)) * (CHAR_LENGTH(' x '))) * (CAST((MOD(1, NULLIF(bi, 0))) AS BIGINT))) AS e4
FROM types
WHERE ((CASE WHEN b THEN dt END) > (CASE WHEN b THEN DATE '1969-12-31' END));
