-- A part of another shape fails.
SELECT JSON_STRING(PARSE_JSON(j)['a']) AS v FROM (VALUES ('1')) AS t(j);
