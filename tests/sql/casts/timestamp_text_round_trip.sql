-- Timestamps to text and back.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CAST(CAST(ts3 AS STRING) AS TIMESTAMP(3)) = ts3 AS same3, CAST(CAST(ts9 AS STRING) AS TIMESTAMP(9)) = ts9 AS same9, CAST(CAST(dt AS STRING) AS DATE) = dt AS same FROM types WHERE id <> 3;
