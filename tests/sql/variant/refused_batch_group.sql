-- Flink refuses this of a VARIANT.
SET 'execution.runtime-mode' = 'batch';
SELECT COUNT(*) AS n FROM (SELECT PARSE_JSON(j) AS v FROM (VALUES ('1')) AS t(j)) GROUP BY v;
