-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (JSON_OBJECT('k' VALUE (SHA256(s)), 'v' VALUE (IFNULL(i, 0)))) AS e0, (CASE WHEN (IS_ALPHA((CAST(ARRAY[id, i] AS STRING)))) THEN (TO_DATE(DATE_FORMAT(ts3, 'yyyy-MM-dd'))) END) AS e1, ts3 AS e2, (CASE WHEN (STARTSWITH('Hello', c)) THEN (TIMESTAMPADD(MONTH, 2, ts3)) ELSE (FLOOR(ts3 TO DAY)) END) AS e3, (CONCAT((BTRIM('a,b', 'H')), (SHA1(s)))) AS e4, (SIN((EXP(SIN((d * 0)))))) AS e5
FROM types;
