-- VARIANTs in batch.
SET 'execution.runtime-mode' = 'batch';
SELECT CAST(ARRAY_AGG(v) AS STRING) AS s, JSON_STRING(LAST_VALUE(v)) AS l FROM (SELECT PARSE_JSON(j) AS v FROM (VALUES ('1'), ('1')) AS t(j));
