-- TIMESTAMP_LTZ is shown in the session's zone.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TABLE types (
  id INT, b BOOLEAN, ti TINYINT, si SMALLINT, i INT, bi BIGINT, f FLOAT, d DOUBLE, `dec` DECIMAL(10, 3),
  c CHAR(3), s STRING, dt DATE, tm TIME, ts3 TIMESTAMP(3), ts9 TIMESTAMP(9), ltz TIMESTAMP_LTZ(3), bin BYTES
) WITH ('connector' = 'filesystem', 'path' = 'data/types.jsonl', 'format' = 'json');
SELECT id, CAST(ltz AS STRING) AS s, CAST(ltz AS TIMESTAMP(3)) AS ts, CAST(ltz AS DATE) AS d, CAST(ts3 AS TIMESTAMP_LTZ(3)) AS back FROM types WHERE id IN (1, 2, 5);
