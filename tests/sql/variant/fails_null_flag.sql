-- The second argument must not be NULL.
SELECT JSON_STRING(TRY_PARSE_JSON(j, CAST(NULL AS BOOLEAN))) AS v FROM (VALUES ('1')) AS t(j);
