-- OFFSET in batch.
SET 'execution.runtime-mode' = 'batch';
SELECT x FROM (VALUES (3), (1), (2), (5), (4)) AS t(x) ORDER BY x LIMIT 2 OFFSET 1;
