-- A join by VARIANTs in batch.
SET 'execution.runtime-mode' = 'batch';
SELECT JSON_STRING(a.v) AS s FROM (SELECT PARSE_JSON(j) AS v FROM (VALUES ('1'), ('1')) AS t(j)) AS a JOIN (SELECT PARSE_JSON(j) AS v FROM (VALUES ('1'), ('2')) AS t(j)) AS b ON a.v = b.v;
