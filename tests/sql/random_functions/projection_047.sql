-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (ELT((INSTR(c, c)), (JSON_VALUE(JSON_OBJECT('a' VALUE bi), '$.a')), (CASE WHEN b THEN c ELSE s END))) AS e0, (ARRAY_EXCEPT(ARRAY[1, i, 1], ARRAY[id, i])) AS e1, (COALESCE((TIMESTAMPADD(MONTH, 2, TIMESTAMP '2024-02-29 12:00:00')), (CEIL((FLOOR(TIMESTAMP '1999-12-31 23:59:59.500' TO HOUR)) TO YEAR)))) AS e2
FROM types;
