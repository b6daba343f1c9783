-- A zone by its distance from Greenwich.
SET 'table.local-time-zone' = 'GMT+08:00';
SELECT FROM_UNIXTIME(0) AS a, CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING) AS b, CAST(TIMESTAMP '2020-01-01 00:00:00' AS TIMESTAMP_LTZ(3)) AS c;
