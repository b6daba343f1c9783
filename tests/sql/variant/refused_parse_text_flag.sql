-- Flink refuses this of a VARIANT.
SELECT JSON_STRING(PARSE_JSON('1', 'x')) AS v;
