-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(IF(TRUE, PARSE_JSON('1'), PARSE_JSON('2'))) AS v;
