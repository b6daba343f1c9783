-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(ARRAY[PARSE_JSON('1'), 2]) AS s;
