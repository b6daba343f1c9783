-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (TIMESTAMPADD(MONTH, 2, (TIMESTAMPADD(MONTH, 2, (ts3 + INTERVAL '1' MONTH))))) AS e0, ((FLOOR(`dec`)) - (MOD(id, NULLIF(id, 0)))) AS e1, b AS e2, (TO_DATE(DATE_FORMAT((ts3 - INTERVAL '90' MINUTE), 'yyyy-MM-dd'))) AS e3, ((CAST((ABS(ti)) AS DECIMAL(20, 4))) * ((`dec` * 1.25) - (ARRAY_MAX(ARRAY[1, i, 1])))) AS e4, (CARDINALITY((ARRAY_DISTINCT(ARRAY[s, c])))) AS e5
FROM types
WHERE TRUE;
