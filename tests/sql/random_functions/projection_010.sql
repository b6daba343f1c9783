-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CARDINALITY(ARRAY[1, i, 1])) AS e0, (COS(i)) AS e1, TIMESTAMP '1999-12-31 23:59:59.500' AS e2, (ELT((CARDINALITY((ARRAY[id, ti]))), (OVERLAY((TRANSLATE(c, 'lo', '01')) PLACING c FROM 2)), (BIN(ti)))) AS e3, (FLOOR(100.0)) AS e4, (`dec` - 100) AS e5
FROM types
WHERE ((EXP(SIN(d))) >= (TANH(d)));
