-- SET and RESET between statements.
SET 'table.local-time-zone' = 'Asia/Seoul';
RESET 'table.local-time-zone';
SET 'my.own.key' = 'any value';
SELECT 1 AS a;
