-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CAST(i AS DOUBLE)) AS e0, (CASE WHEN ((COALESCE(s, s)) IS DISTINCT FROM c) THEN (COALESCE((CASE WHEN b THEN DATE '1969-12-31' END), (COALESCE(DATE '2024-02-29', DATE '1969-12-31')))) END) AS e1, (`dec` + 1.25) AS e2, (COALESCE((CASE WHEN b THEN dt END), (COALESCE(dt, dt)))) AS e3
FROM types;
