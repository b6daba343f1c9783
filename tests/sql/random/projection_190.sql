-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (CHAR_LENGTH((DATE_FORMAT(ts3, 'yyyy-MM-dd HH:mm')))) AS e0, (dt > dt) AS e1, ((CAST(`dec` AS DOUBLE)) * (MOD(ti, NULLIF(si, 0)))) AS e2
FROM types
WHERE ((REPLACE(c, 'l', c)) <> (REVERSE(s)));
