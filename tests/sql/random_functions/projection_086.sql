-- Made by chance: tools/flink-oracle/generate.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, (FLOOR((TO_DATE(DATE_FORMAT((FLOOR(ts3 TO HOUR)), 'yyyy-MM-dd'))) TO YEAR)) AS e0, (EXTRACT(WEEK FROM dt)) AS e1, (`dec` + `dec`) AS e2
FROM types;
