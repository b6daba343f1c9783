-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (STARTSWITH(c, 'Hello')) AS e0, (SIGN((EXTRACT(EPOCH FROM ts3)))) AS e1, (COS((EXTRACT(YEAR FROM ts3)))) AS e2, (FLOOR(((TIMESTAMPADD(MONTH, 2, ts3)) + INTERVAL '1' DAY) TO MONTH)) AS e3
FROM types
WHERE ((CAST(DATE '2024-02-29' AS STRING)) SIMILAR TO '%l%');
