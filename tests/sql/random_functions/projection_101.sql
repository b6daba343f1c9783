-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TANH(d)) AS e0, (DATE '1969-12-31' + INTERVAL '3' DAY) AS e1, (CONCAT_WS('-', c, c)) AS e2, 2E0 AS e3, ((MAP['a', ti, 'b', (EXTRACT(WEEK FROM dt))])['a']) AS e4, d AS e5
FROM types
WHERE ((ARRAY_JOIN(ARRAY['a', s], '|', '?')) LIKE '%a%');
