-- A condition over VARIANTs that may both be NULL.
SELECT j FROM (VALUES ('1'), ('[1]'), (CAST(NULL AS STRING))) AS t(j) WHERE TRY_PARSE_JSON(j) = TRY_PARSE_JSON('1');
