-- Flink refuses this of a VARIANT.
SET 'execution.runtime-mode' = 'batch';
SELECT JSON_STRING(v) AS s FROM (SELECT DISTINCT PARSE_JSON(j) AS v FROM (VALUES ('1'), ('1')) AS t(j));
