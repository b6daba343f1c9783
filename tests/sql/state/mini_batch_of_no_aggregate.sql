-- A mini-batch that isn't described is none of a query's that aggregates nothing.
SET 'table.exec.mini-batch.enabled' = 'true';
SELECT 1 AS a;
