-- A zone by an abbreviation.
SET 'table.local-time-zone' = 'EST';
SELECT 1 AS a;
