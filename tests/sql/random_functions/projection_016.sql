-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ARRAY_MAX((ARRAY_SLICE((MAP_VALUES(MAP['a', id])), 1, 2)))) AS e0, MAP['a', id] AS e1, ((CASE WHEN FALSE THEN (ti - id) ELSE (QUARTER(TIMESTAMP '2024-02-29 12:00:00')) END) IN (1, 2, 3)) AS e2, (ARRAY[(ARRAY_JOIN(ARRAY[s, c], '|', '?')), (CAST(ARRAY[id, i] AS STRING))]) AS e3, (TO_TIMESTAMP(DATE_FORMAT((TO_TIMESTAMP(DATE_FORMAT((TIMESTAMPADD(MONTH, 2, ts3)), 'yyyy-MM-dd HH:mm:ss'))), 'yyyy-MM-dd HH:mm:ss'))) AS e4
FROM types
WHERE (STARTSWITH((LPAD('Hello', 6, '*')), s));
