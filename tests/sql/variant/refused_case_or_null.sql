-- Flink makes no VARIANT that may be NULL of one that can't.
SELECT JSON_STRING(CASE WHEN j = '1' THEN PARSE_JSON('1') END) AS s FROM (VALUES ('1'), ('2')) AS t(j);
