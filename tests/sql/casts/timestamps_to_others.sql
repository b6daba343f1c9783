-- Timestamps to dates, times and other precisions.
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CAST(ts3 AS DATE) AS d, CAST(ts3 AS TIME) AS t, CAST(ts9 AS TIMESTAMP(3)) AS ts3, CAST(ts9 AS TIMESTAMP(0)) AS ts0, CAST(dt AS TIMESTAMP(3)) AS fd FROM types;
