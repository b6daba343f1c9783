-- A switch is true or false.
SET 'table.exec.mini-batch.enabled' = 'maybe';
SELECT COUNT(*) AS n FROM (VALUES (1)) AS v(a);
