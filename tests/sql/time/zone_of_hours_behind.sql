-- A zone by its distance from Greenwich, to the west.
SET 'table.local-time-zone' = 'GMT-3';
SELECT FROM_UNIXTIME(0) AS a;
